#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""strip_make.py: pictures and documents full of metadata, written by hand
from the standards: strip_make.py JPEG FOLDER. Every text that must not come
out has SECRET in it."""
import base64
import os
import struct
import sys
import zlib

jpeg = open(sys.argv[1], 'rb').read()
folder = sys.argv[2]


def write(name, data):
    with open(os.path.join(folder, name), 'wb') as f:
        f.write(data)


# ---- JPEG ----
def segment(marker, data):
    return b'\xff' + bytes([marker]) + struct.pack('>H', len(data) + 2) + data


def exif(orientation):
    """Little-endian, with a GPS table and a maker's text."""
    gps_at = 8 + 2 + 3 * 12 + 4
    text = b'SECRET camera\0\0\0'
    text_at = gps_at + 2 + 12 + 4
    ifd = struct.pack('<H', 3)
    ifd += struct.pack('<HHII', 0x010f, 2, len(text), text_at)
    ifd += struct.pack('<HHIHH', 0x0112, 3, 1, orientation, 0)
    ifd += struct.pack('<HHII', 0x8825, 4, 1, gps_at)
    ifd += struct.pack('<I', 0)
    gps = struct.pack('<HHHI4sI', 1, 1, 2, 2, b'N\0\0\0', 0)
    return b'II*\0' + struct.pack('<I', 8) + ifd + gps + text


def bare(data):
    """The picture without its APPn and COM segments."""
    out, at = data[:2], 2
    while data[at + 1] != 0xda:
        n = 2 + struct.unpack('>H', data[at + 2:at + 4])[0]
        if not 0xe0 <= data[at + 1] <= 0xef and data[at + 1] != 0xfe:
            out += data[at:at + n]
        at += n
    return out + data[at:]


def icc():
    """A version 2 profile of a display: three colours, one curve, and much
    that says who made it."""
    xyz = [b'XYZ \0\0\0\0' + struct.pack('>3i', *v) for v in
           ((0x6fa2, 0x38f5, 0x390), (0x6299, 0xb785, 0x18da),
            (0x24a0, 0xf84, 0xb6cf), (0xf6d6, 0x10000, 0xd32d))]
    curve = b'curv\0\0\0\0' + struct.pack('>IH', 1, 0x0233) + b'\0\0'
    text = b'text\0\0\0\0SECRET serial 1234567\0'
    desc = b'desc\0\0\0\0' + struct.pack('>I', 15) + b'SECRET display\0' + bytes(78)
    parts = [(b'rXYZ', xyz[0]), (b'gXYZ', xyz[1]), (b'bXYZ', xyz[2]),
             (b'wtpt', xyz[3]), (b'rTRC', curve), (b'gTRC', curve),
             (b'bTRC', curve), (b'desc', desc), (b'cprt', text),
             (b'MsTR', text)]
    at = 128 + 4 + 12 * len(parts)
    table, body = struct.pack('>I', len(parts)), b''
    for name, data in parts:
        table += name + struct.pack('>II', at + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    head = struct.pack('>I4sI4s4s4s', at + len(body), b'SECR', 0x02400000,
                       b'mntr', b'RGB ', b'XYZ ')
    head += struct.pack('>6H', 2031, 11, 4, 7, 15, 32) + b'acsp' + b'SECRET!!'
    head += b'SECRETSE' + bytes(8) + bytes(4)
    head += struct.pack('>3I', 0xf6d6, 0x10000, 0xd32d) + b'SECR'
    return head + bytes(128 - len(head)) + table + body


plain = bare(jpeg)
full = (b'\xff\xd8' +
        segment(0xe0, b'JFIF\0\1\2\1\0\x48\0\x48\2\1' + b'SECRET') +
        segment(0xe0, b'JFXX\0\x10SECRET') +
        segment(0xe1, b'Exif\0\0' + exif(6)) +
        segment(0xe1, b'http://ns.adobe.com/xap/1.0/\0<x exif:GPSLatitude="SECRET"/>') +
        segment(0xe1, b'http://ns.adobe.com/xmp/extension/\0SECRET') +
        segment(0xe2, b'MPF\0SECRET') +
        segment(0xe2, b'ICC_PROFILE\0\1\1' + icc()) +
        segment(0xe5, b'SECRET') +
        segment(0xed, b'Photoshop 3.0\x008BIM SECRET') +
        segment(0xee, b'Adobe\0\x65SECR\1SECRET') +
        segment(0xfe, b'SECRET comment'))
write('full.jpg', full + plain[2:] + b'SECRET film' + jpeg)
write('cut.jpg', jpeg[:len(jpeg) // 2])


# ---- PNG ----
def chunk(name, data):
    return (struct.pack('>I', len(data)) + name + data +
            struct.pack('>I', zlib.crc32(name + data)))


def png(*extra, frames=False):
    rows = b''.join(b'\0' + bytes((x * 7 + y * 3) & 255 for x in range(3 * 16))
                    for y in range(16))
    data = zlib.compress(rows)
    out = b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', 16, 16, 8, 2, 0, 0, 0))
    for e in extra:
        out += e
    if frames:
        frame = struct.pack('>IIIIHHBB', 16, 16, 0, 0, 1, 10, 0, 0)
        out += chunk(b'acTL', struct.pack('>II', 2, 0))
        out += chunk(b'fcTL', struct.pack('>I', 0) + frame) + chunk(b'IDAT', data)
        out += chunk(b'fcTL', struct.pack('>I', 1) + frame)
        out += chunk(b'fdAT', struct.pack('>I', 2) + data)
    else:
        out += chunk(b'IDAT', data)
    return out + chunk(b'IEND', b'')


full = png(chunk(b'gAMA', struct.pack('>I', 45455)),
           chunk(b'iCCP', b'SECRET\0\0' + zlib.compress(icc())),
           chunk(b'tEXt', b'Author\0SECRET'),
           chunk(b'zTXt', b'Comment\0\0' + zlib.compress(b'SECRET')),
           chunk(b'iTXt', b'XML:com.adobe.xmp\0\0\0\0\0SECRET'),
           chunk(b'eXIf', exif(3)), chunk(b'tIME', b'\x07\xef\x0b\4\7\x0f\x20'),
           chunk(b'sPLT', b'SECRET\0\x08'), chunk(b'prVt', b'SECRET'),
           frames=True)
write('full.png', full + b'SECRET film')
write('sum.png', full.replace(b'Author\0SECRET', b'Author\0SECRE!'))
rows = b''.join(b'\0' + bytes((x * y * 31) & 255 for x in range(3 * 64)) for y in range(342))
data = zlib.compress(rows)  # 66006 bytes
many = b''.join(chunk(b'IDAT', data[i:i + 1000]) for i in range(0, len(data), 1000))
head = b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', 64, 342, 8, 2, 0, 0, 0))
end = chunk(b'IEND', b'')
write('many.png', head + many + end)
write('behind.png', head + chunk(b'IDAT', data + b'SECRET of before') +
      chunk(b'IDAT', b'SECRET picture of before') + end)
write('endless.png', head + chunk(b'IDAT', data[:-5]) + end)
write('huge.png', b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', 1, 1, 8, 2, 0, 0, 0)) +
      chunk(b'IDAT', zlib.compress(b'SECRET' * 4000000)) + end)
write('critical.png', png(chunk(b'SECR', b'SECRET')))


# ---- PDF ----
def pdf(objects, root=1, more='', version='1.6', tail=b''):
    """objects: {number: bytes}; a plain table."""
    out = b'%PDF-' + version.encode() + b'\n%SECRET\xff\xfe\n'
    at = {}
    for number, body in objects.items():
        at[number] = len(out)
        out += b'%d 0 obj\n%s\nendobj\n' % (number, body)
    table = len(out)
    top = max(objects) + 1
    out += b'xref\n0 %d\n0000000000 65535 f \n' % top
    for number in range(1, top):
        if number in at:
            out += b'%010d 00000 n \n' % at[number]
        else:
            out += b'0000000000 00000 f \n'
    out += (b'trailer\n<< /Size %d /Root %d 0 R %s >>\nstartxref\n%d\n%%%%EOF\n'
            % (top, root, more.encode(), table))
    return out


def update(base, objects, more=''):
    """An incremental update."""
    prev = int(base[base.rindex(b'startxref') + 9:].split()[0])
    out, table = base, b'xref\n'
    for number, body in objects.items():
        table += b'%d 1\n%010d 00000 n \n' % (number, len(out))
        out += b'%d 0 obj\n%s\nendobj\n' % (number, body)
    at = len(out)
    return (out + table + b'trailer\n<< /Size 100 /Root 1 0 R /Prev %d %s >>\n'
            b'startxref\n%d\n%%%%EOF\n' % (prev, more.encode(), at))


def stream(d, data):
    return b'<< %s /Length %d >>\nstream\n%s\nendstream' % (d, len(data), data)


picture = b'\xff\xd8' + segment(0xe1, b'Exif\0\0' + exif(6)) + \
    segment(0xfe, b'SECRET') + plain[2:]
size = None
at = 2
while size is None:  # of the picture, from its frame
    if plain[at + 1] in (0xc0, 0xc1, 0xc2):
        size = struct.unpack('>HH', plain[at + 5:at + 9])
    at += 2 + struct.unpack('>H', plain[at + 2:at + 4])[0]
image = (b'/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8 '
         % (size[1], size[0]))
rgb = b'/ColorSpace /DeviceRGB '
marks = (b'q 90 0 0 120 10 10 cm /Im1 Do Q q 90 0 0 120 110 10 cm /Im2 Do Q '
         b'q 90 0 0 120 10 150 cm /Im3 Do Q q 90 0 0 120 110 150 cm /Im4 Do Q '
         b'BT /F1 24 Tf 20 270 Td (seen) Tj ET 1 0 0 rg 200 280 20 20 re f')
document = {
    1: b'<< /Type /Catalog /Pages 2 0 R /Metadata 20 0 R /Names << /Dests 21 0 R '
       b'/JavaScript 22 0 R /EmbeddedFiles 23 0 R >> /OpenAction 24 0 R '
       b'/AA << /WC 24 0 R >> /PieceInfo << /SECRET 20 0 R >> /Lang (SECRET) '
       b'/#4detadata 20 0 R /AF [26 0 R] /StructTreeRoot 27 0 R '
       b'/AcroForm << /Fields [34 0 R] /XFA 20 0 R >> /Outlines 35 0 R >>',
    2: b'<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    3: b'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 240 320] /Contents 4 0 R '
       b'/Resources << /Font << /F1 5 0 R >> /XObject << /Im1 6 0 R /Im2 7 0 R '
       b'/Im3 8 0 R /Im4 9 0 R >> >> /Thumb 20 0 R /LastModified (SECRET) '
       b'/Annots [30 0 R 31 0 R 32 0 R 33 0 R 34 0 R] /ID <534543524554> '
       b'/B [20 0 R] /VP [<< /Measure (SECRET) >>] >>',
    4: stream(b'', marks),
    5: b'<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    6: stream(image + rgb + b'/Filter /DCTDecode /Metadata 20 0 R', picture),
    7: stream(image + rgb + b'/Filter [/ASCII85Decode /DCTDecode]',
              base64.a85encode(picture, wrapcol=70) + b'~>'),
    8: stream(image + rgb + b'/Filter [/FlateDecode /DCTDecode] /DecodeParms [null null]',
              zlib.compress(picture)),
    9: stream(image + b'/ColorSpace [/ICCBased 10 0 R] /Filter [/AHx /DCT]',
              picture.hex().encode() + b'>'),
    10: stream(b'/N 3 /Alternate /DeviceRGB /Filter /FlateDecode', zlib.compress(icc())),
    20: stream(b'/Type /Metadata /Subtype /XML', b'<x>SECRET</x>'),
    21: b'<< /Names [(a) [3 0 R /Fit]] >>',
    22: b'<< /Names [(SECRET) 24 0 R] >>',
    23: b'<< /Names [(SECRET) 26 0 R] >>',
    24: b'<< /S /JavaScript /JS (SECRET) >>',
    25: stream(b'/Type /EmbeddedFile', b'SECRET'),
    26: b'<< /Type /Filespec /F (SECRET) /EF << /F 25 0 R >> >>',
    27: b'<< /Type /StructTreeRoot /Alt (SECRET C:/Users/SECRET) >>',
    30: b'<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /T (SECRET) /Contents (seen note) '
        b'/NM (SECRET) /M (D:2031SECRET) /CreationDate (SECRET) /RC (SECRET) >>',
    31: b'<< /Type /Annot /Subtype /FileAttachment /F 2 /Rect [0 0 9 9] /FS 26 0 R >>',
    32: b'<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /Launch /F (SECRET) >> >>',
    33: b'<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /GoTo /D [3 0 R /Fit] >> >>',
    34: b'<< /Type /Annot /Subtype /Widget /FT /Tx /DA (/Helv 1 Tf) /F 2 /T (seen field) /V (seen value) '
        b'/Rect [0 0 1 1] /AA << /K 24 0 R >> >>',
    35: b'<< /Type /Outlines /First 36 0 R /Last 36 0 R /Count 1 >>',
    36: b'<< /Title (seen title) /Parent 35 0 R /Dest [40 0 R /Fit] >>',
    40: b'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 41 0 R >>',
    41: stream(b'', b'(SECRET page that was taken out)'),
    50: b'<< /Author (SECRET) /Title (SECRET) >>',
}
base = pdf(document, more='/Info 50 0 R /ID [(SECRET) (SECRET)]')
write('full.pdf', base)
earlier = dict(document)
earlier[4] = stream(b'', b'BT /F1 24 Tf 20 270 Td (SECRET of before) Tj ET')
write('update.pdf', update(pdf(earlier, more='/Info 50 0 R'),
                           {4: document[4], 50: document[50]}, '/Info 50 0 R'))

small = {
    1: b'<< /Type /Catalog /Pages 2 0 R >>',
    2: b'<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    3: b'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] >>',
}


def variant(name, changes, **other):
    objects = dict(small)
    objects.update(changes)
    write(name, pdf(objects, **other))


variant('small.pdf', {})
variant('loop.pdf', {2: b'<< /Type /Pages /Kids [3 0 R 2 0 R] /Count 2 >>'})
variant('twice.pdf', {2: b'<< /Type /Pages /Kids [3 0 R 3 0 R] /Count 2 >>'})
variant('signed.pdf', {
    1: b'<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] /SigFlags 3 >> >>',
    4: b'<< /FT /Sig /T (s) /V 5 0 R >>',
    5: b'<< /Type /Sig /ByteRange [0 1 2 3] /Contents <00> >>'})
variant('deep.pdf', {4: b'[' * 5000 + b']' * 5000,
                     1: b'<< /Type /Catalog /Pages 2 0 R /X 4 0 R >>'})
variant('length.pdf', {4: b'<< /Length 4 0 R >>\nstream\nx\nendstream',
                       1: b'<< /Type /Catalog /Pages 2 0 R /X 4 0 R >>'})
variant('jpx.pdf', {4: stream(b'/Filter /JPXDecode', b'x'),
                    1: b'<< /Type /Catalog /Pages 2 0 R /X 4 0 R >>'})
variant('outside.pdf', {4: stream(b'/F (SECRET)', b'x'),
                        1: b'<< /Type /Catalog /Pages 2 0 R /X 4 0 R >>'})
variant('named.pdf', {3: b'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] '
                         b'/Resources << /XObject << /Thumb 4 0 R >> >> >>',
                      4: stream(b'/Subtype /Form /BBox [0 0 1 1]', b'')})
variant('encrypted.pdf', {}, more='/Encrypt << /Filter /Standard >>')
write('cut.pdf', base[:-200])
write('table.pdf', base.replace(b'\n4 0 obj', b'\n 4 0 obj', 1)
      .replace(b'\n5 0 obj', b'\n 6 0 obj', 1))
write('prev.pdf', pdf(small, more='/Prev %d' % pdf(small).index(b'xref')))
