#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# strip.sh: get --strip leaves metadata out, says so, and keeps what is seen.
# What exiftool, qpdf, poppler, djpeg and ImageMagick say counts where they are.
. "$(dirname "$0")/lib.bash"

letter=$SRC/fixtures/evidence/'хат 01.jpg'
scan=$SRC/fixtures/evidence/'信件 扫描 02.jpg'
mkdir made out.d
python3 "$SRC/tests/cli/strip_make.py" "$letter" made || exit 1
new_vault
declare -A ids # of what was added already
i=0
sq add -q made/* >added || bad 'add made/*'
for f in made/*; do
    i=$((i + 1))
    ids[$f]=$(sed -n "${i}p" added)
done
skipped=''
have() {
    command -v "$1" >tool.path && return 0
    case " $skipped " in *" $1 "*) ;; *) skipped="$skipped $1" ;; esac
    return 1
}

# strip FILE: its copy as out.d/NAME, what was left out in err, its id in id.
strip() {
    id=${ids[$1]:-}
    [ -n "$id" ] || id=$(sq add -q "$1") || bad "add $1"
    expect 0 sq get "$id" --strip --force -o "out.d/${1##*/}"
    says err 'what can be seen'
}
# refuse TEXT FILE: status 2, this reason, and no file.
refuse() {
    local id=${ids[$2]:-}
    [ -n "$id" ] || id=$(sq add -q "$2") || bad "add $2"
    expect 2 sq get "$id" --strip -o "out.d/${2##*/}"
    says err "$1"
    [ ! -e "out.d/${2##*/}" ] || bad "$2: a file was written"
}
# No SECRET, not even packed.
clean() {
    python3 - "out.d/$1" <<'PY' || bad "SECRET in $1"
import re, sys, zlib
data = open(sys.argv[1], 'rb').read()
found = b'SECRE' in data
for m in re.finditer(b'x[\x01\x5e\x9c\xda]', data):
    try:
        found |= b'SECRE' in zlib.decompressobj().decompress(data[m.start():])
    except zlib.error:
        pass
sys.exit(found)
PY
}
# The tags that exiftool sees and that do not describe the picture itself.
tags() {
    exiftool -a -G1 -s "out.d/$1" | grep -vE '^\[(ExifTool|System|Composite|PNG-pHYs|ICC-header)\]|^\[(File|JFIF|PNG|PDF|APP14|Adobe)\] +(FileType|FileTypeExtension|MIMEType|ImageWidth|ImageHeight|EncodingProcess|BitsPerSample|ColorComponents|YCbCrSubSampling|ExifByteOrder|JFIFVersion|ResolutionUnit|[XY]Resolution|DCTEncodeVersion|APP14Flags[01]|ColorTransform|BitDepth|ColorType|Compression|Filter|Interlace|Palette|Transparency|BackgroundColor|Gamma|WhitePoint[XY]|(Red|Green|Blue)[XY]|PixelUnits|AnimationFrames|AnimationPlays|ProfileName|PDFVersion|Linearized|PageCount|PageMode|HasXFA) ' >tags || true
}
no_tags() {
    have exiftool || return 0
    tags "$1"
    [ ! -s tags ] || bad "tags left in $1: $(cat tags)"
}
same_pixels() { # A B
    case $1 in
        *.jpg)
            have djpeg || return 0
            djpeg "$1" >a.ppm && djpeg "$2" >b.ppm && same a.ppm b.ppm ;;
        *.png)
            have convert-im6.q16 || return 0
            convert-im6.q16 "$1" +profile '*' rgba:a.rgba
            convert-im6.q16 "$2" +profile '*' rgba:b.rgba
            same a.rgba b.rgba ;;
        *.pdf)
            have pdftoppm || return 0
            rm -f ./page-*
            pdftoppm -r 50 "$1" page-a && pdftoppm -r 50 "$2" page-b
            [ -e page-a-1.ppm ] || bad "$1 cannot be drawn"
            for p in page-a-*; do same "$p" "page-b-${p#page-a-}"; done ;;
    esac
}

# ---- JPEG
strip made/full.jpg
first=$id
for what in 'the place where it was taken' 'Exif: camera' 'XMP' 'Photoshop and IPTC' \
    'comments' 'after the end of the picture' 'JFIF: a small picture' \
    'in the colour profile' 'further pictures (MPF)' 'other data of programs'; do
    says err "$what"
done
clean full.jpg
same_pixels made/full.jpg out.d/full.jpg
if have exiftool; then
    tags full.jpg
    grep -v '^.ICC_Profile.' tags >turned
    [ "$(cut -d: -f2 turned | tr -d ' \n')" = 'Rotate90CW' ] || bad "tags: $(cat turned)"
    grep -qE 'ProfileDescription +: $' tags || bad 'no empty description'
    # the colours are those of before
    for f in made/full.jpg out.d/full.jpg; do
        exiftool -s -ICC_Profile:{Red,Green,Blue}MatrixColumn -ICC_Profile:MediaWhitePoint $f
    done >colours
    [ -s colours ] || bad 'no colours'
    [ -z "$(sort colours | uniq -u)" ] || bad "colours: $(cat colours)"
fi
strip "$letter"
no_tags "${letter##*/}"
same_pixels "$letter" out.d/"${letter##*/}"
strip "$scan"
no_tags "${scan##*/}"
if have jpegtran; then
    for how in -progressive '-restart 1' -arithmetic -grayscale; do
        # shellcheck disable=SC2086 # two words
        jpegtran -copy all $how "$scan" >"made/how$how.jpg"
        strip "made/how$how.jpg"
        no_tags "how$how.jpg"
        same_pixels "made/how$how.jpg" "out.d/how$how.jpg"
    done
fi
if have convert-im6.q16; then
    convert-im6.q16 "$scan" -colorspace CMYK made/cmyk.jpg
    strip made/cmyk.jpg
    no_tags cmyk.jpg
    same_pixels made/cmyk.jpg out.d/cmyk.jpg
    convert-im6.q16 "$scan" -resize 20% -depth 16 -interlace PNG made/deep.png
    strip made/deep.png
    no_tags deep.png
    same_pixels made/deep.png out.d/deep.png
fi
refuse 'not built as a JPEG' made/cut.jpg

# ---- PNG
strip made/full.png
for what in 'texts (' 'texts, perhaps with XMP' 'the place where it was taken' \
    'the time of the last change' 'in the colour profile' 'other data of programs' \
    'after the end'; do
    says err "$what"
done
clean full.png
same_pixels made/full.png out.d/full.png
! have pngcheck || expect 0 pngcheck out.d/full.png
strip "$SRC"/fixtures/evidence/*03.png
no_tags "$(basename "$SRC"/fixtures/evidence/*03.png)"
refuse 'not built as a PNG' made/sum.png
refuse 'not built as a PNG' made/critical.png
refuse 'not built as a PNG' made/endless.png
refuse 'not built as a PNG' made/huge.png
strip made/many.png
same made/many.png out.d/many.png
strip made/behind.png
says err 'after the end'
clean behind.png
! have pngcheck || expect 0 pngcheck out.d/behind.png
same_pixels made/many.png out.d/behind.png

# ---- PDF
for pdf in full update; do
    strip made/$pdf.pdf
    for what in 'XMP' 'attached files' 'scripts' 'who wrote notes' 'small pictures of pages' \
        'structure for screen readers' 'pages that were taken out' 'Exif: camera' \
        'in the colour profile' 'times, authors' 'measured maps'; do
        says err "$what"
    done
    [ $pdf = full ] || says err 'earlier versions of the document'
    clean $pdf.pdf
    for what in 'seen note' 'seen field' 'seen value' 'seen title' '/GoTo'; do
        grep -qaF "$what" out.d/$pdf.pdf || bad "$pdf.pdf lost $what"
    done
    grep -qa '^%PDF-1.6$' out.d/$pdf.pdf || bad "$pdf.pdf has another version"
    same_pixels made/$pdf.pdf out.d/$pdf.pdf
    ! have qpdf || expect 0 qpdf --check out.d/$pdf.pdf
    no_tags $pdf.pdf
done
calendar=$(echo "$SRC"/fixtures/evidence/*04.pdf)
cp "$calendar" made/plain.pdf
if have qpdf; then
    qpdf --object-streams=generate "$calendar" made/packed.pdf
    qpdf --linearize --object-streams=generate "$calendar" made/linear.pdf
    qpdf --add-attachment "$letter" -- "$calendar" made/attached.pdf
    qpdf --encrypt user owner 256 -- "$calendar" made/locked.pdf
    qpdf --encrypt '' owner 256 -- "$calendar" made/open.pdf
    refuse 'encrypted' made/locked.pdf
    refuse 'encrypted' made/open.pdf
fi
if have exiftool; then
    cp "$calendar" made/edited.pdf
    exiftool -q -overwrite_original -Author='SECRET' made/edited.pdf
fi
for pdf in plain packed linear attached edited; do
    [ -e made/$pdf.pdf ] || continue
    strip made/$pdf.pdf
    clean $pdf.pdf
    no_tags $pdf.pdf
    same_pixels made/$pdf.pdf out.d/$pdf.pdf
    ! have qpdf || expect 0 qpdf --check out.d/$pdf.pdf
done
strip made/small.pdf
refuse 'do not hang in one tree' made/loop.pdf
refuse 'do not hang in one tree' made/twice.pdf
refuse 'digital signature' made/signed.pdf
refuse 'deep' made/deep.pdf
refuse 'needs object 4 to read object 4' made/length.pdf
refuse 'JPEG 2000' made/jpx.pdf
refuse 'in another file' made/outside.pdf
refuse 'by a name that metadata have' made/named.pdf
refuse 'encrypted' made/encrypted.pdf
refuse 'may be cut off' made/cut.pdf
refuse 'not built as a PDF' made/table.pdf
refuse 'not built as a PDF' made/prev.pdf

# ---- the rest
printf 'no picture' >made/note.txt
refuse 'no way to take metadata out of this type' made/note.txt
says err 'nothing was changed'
expect 0 sq get "$first" --strip --json -o out.d/json.jpg
says out '"type":"removed"'
says out '"what":"in Exif: the place where it was taken (GPS)","bytes":14}'
says out '"stripped":true'
says out '"original_sha256":"'
same out.d/json.jpg out.d/full.jpg
expect 0 sq get "$first" -o out.d/original.jpg
same out.d/original.jpg made/full.jpg # the master keeps everything
sq get "$first" --strip -o - >out.d/stdout.jpg 2>err || bad 'standard output'
same out.d/stdout.jpg out.d/full.jpg

[ -z "$skipped" ] || say "skipped, not here:$skipped"
finish
