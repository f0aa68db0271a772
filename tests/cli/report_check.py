# SPDX-License-Identifier: Apache-2.0
"""Read a report of verify as a browser and a reader would.

    report_check.py PAGE [TEXT...]   what is wrong with it; TEXT must stand in it
    report_check.py --qr PAGE OUT    its first QR code, as a picture (PGM)
"""
import re
import sys
import xml.etree.ElementTree as tree
from html.parser import HTMLParser

SVG = '{http://www.w3.org/2000/svg}'
VOID = {'meta', 'br', 'rect', 'path', 'circle'}
# what may carry an address, run something or reach outside
FORBIDDEN = {'script', 'link', 'iframe', 'object', 'embed', 'img', 'form',
             'base', 'audio', 'video', 'image', 'use', 'foreignObject', 'a',
             'animate', 'set', 'input', 'button'}
ALLOWED = {'lang', 'dir', 'class', 'id', 'scope', 'datetime', 'charset', 'name',
           'content', 'http-equiv', 'xmlns', 'role', 'viewbox', 'width',
           'height', 'fill', 'stroke', 'stroke-width', 'd', 'x', 'y', 'cx',
           'cy', 'r', 'text-anchor', 'aria-labelledby', 'aria-hidden',
           'shape-rendering'}


class Page(HTMLParser):
    """Elements that close in their turn, and nothing that is not expected."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.wrong, self.ids, self.refs = [], [], [], []
        self.text, self.csp, self.style = [], None, ''

    def handle_starttag(self, tag, attrs):
        if tag in FORBIDDEN:
            self.wrong.append('element ' + tag)
        for name, value in attrs:
            if name not in ALLOWED:
                self.wrong.append('attribute %s of %s' % (name, tag))
            if name == 'id':
                self.ids.append(value)
            if name == 'aria-labelledby':
                self.refs += value.split()
        got = dict(attrs)
        if got.get('http-equiv') == 'Content-Security-Policy':
            self.csp = got['content']
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.wrong.append('<%s/>, which HTML does not close' % tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append('</%s> out of turn' % tag)

    def handle_data(self, data):
        if self.open and self.open[-1] == 'style':
            self.style += data
        else:
            self.text.append(data)


def check(path, wanted):
    raw = open(path, 'rb').read()
    text = raw.decode('utf-8')
    tree.fromstring(text)
    page = Page()
    page.feed(text)
    page.close()
    wrong = page.wrong
    if page.open:
        wrong.append('left open: %s' % page.open)
    if page.csp != "default-src 'none'; style-src 'unsafe-inline'; img-src data:":
        wrong.append('policy: %s' % page.csp)
    if re.search(r'url\(|@import|expression', page.style):
        wrong.append('the style reaches outside')
    if len(set(page.ids)) != len(page.ids):
        wrong.append('an id twice')
    wrong += ['no element %s' % r for r in page.refs if r not in page.ids]
    addresses = set(re.findall(r'https?://[^"\s<]*', text))
    if addresses - {'http://www.w3.org/2000/svg',
                    'http://www.w3.org/1999/xhtml'}:
        wrong.append('addresses: %s' % addresses)
    for c in text:
        if c != '\n' and (ord(c) < 32 or 0x202a <= ord(c) <= 0x202e or
                          0x2066 <= ord(c) <= 0x2069 or c in '\x7f\u200e\u200f'):
            wrong.append('a character that is not seen: %x' % ord(c))
    shown = ' '.join(page.text)
    for one in wanted:
        if ' '.join(one.split()) not in ' '.join(shown.split()):
            wrong.append('not said: ' + one)
    return wrong


def picture(path, out):
    """The runs of dark modules of the first code, eight dots each."""
    root = tree.parse(path).getroot()
    svg = next(e for e in root.iter(SVG + 'svg') if e.get('class') == 'qr')
    side = int(svg.get('viewBox').split()[2])
    dots = [[255] * side for _ in range(side)]
    for x, y, n in re.findall(r'M(\d+) (\d+)h(\d+)v1h-\d+z',
                              svg.find(SVG + 'path').get('d')):
        for k in range(int(n)):
            dots[int(y)][int(x) + k] = 0
    with open(out, 'wb') as f:
        f.write(b'P5 %d %d 255\n' % (8 * side, 8 * side))
        for row in dots:
            line = bytes(v for v in row for _ in range(8))
            f.write(line * 8)


if __name__ == '__main__':
    if sys.argv[1] == '--qr':
        picture(sys.argv[2], sys.argv[3])
        sys.exit(0)
    found = check(sys.argv[1], sys.argv[2:])
    print('\n'.join(found))
    sys.exit(1 if found else 0)
