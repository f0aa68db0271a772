// SPDX-License-Identifier: Apache-2.0

// tlog_go: what Go's own library says of our notes, proofs and cosignatures.
//
// It knows nothing of this program: notes are opened by x/mod/sumdb/note,
// proofs checked by x/mod/sumdb/tlog, keys built from the public key alone.
//
//	request FILE [OLDREQUEST]  a request with the replica note, and one that
//	                           follows it: both open, the proof leads from the
//	                           first root to the second
//	cosigned KEYFILE REPLICA FILE   a checkpoint with a witness's line
//	place LEAF PROOF REPLICA        a tlog-proof of a leaf
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func die(format string, args ...interface{}) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
	os.Exit(1)
}

func must(err error) {
	if err != nil {
		die("%v", err)
	}
}

func read(name string) string {
	b, err := os.ReadFile(name)
	must(err)
	return string(b)
}

func hash(b64 string) tlog.Hash {
	h, err := tlog.ParseHash(b64)
	must(err)
	return h
}

// The log's verifier, from the replica note: `<vault> <replica> <number>` and
// `log <key>`. That note's own signature is another matter.
func logKey(text string) note.Verifier {
	at := strings.Index(text, "sanduq.v1/replica\n")
	if at < 0 {
		die("no replica note")
	}
	lines := strings.Split(text[at:], "\n")
	who := strings.Fields(lines[1])
	pk, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[2], "log "))
	must(err)
	vkey, err := note.NewEd25519VerifierKey("sanduq.invalid/"+who[0]+"/"+who[1], pk)
	must(err)
	v, err := note.NewVerifier(vkey)
	must(err)
	return v
}

// A checkpoint that this log signed: exactly three lines.
func open(text string, log note.Verifier) (tlog.Tree, *note.Note) {
	n, err := note.Open([]byte(text), note.VerifierList(log))
	must(err)
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 4 || lines[0] != log.Name() || lines[3] != "" {
		die("not a checkpoint of %s: %q", log.Name(), n.Text)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	return tlog.Tree{N: size, Hash: hash(lines[2])}, n
}

// `old N`, proof, blank line, checkpoint; a second text may follow.
func request(text string) (old int64, proof tlog.TreeProof, checkpoint string) {
	head, rest, ok := strings.Cut(text, "\n\n")
	if !ok {
		die("no blank line")
	}
	lines := strings.Split(head, "\n")
	old, err := strconv.ParseInt(strings.TrimPrefix(lines[0], "old "), 10, 64)
	must(err)
	for _, l := range lines[1:] {
		proof = append(proof, hash(l))
	}
	if i := strings.Index(rest, "sanduq.v1/"); i >= 0 {
		rest = rest[:i]
	}
	return old, proof, rest
}

func checkRequests(first, second string) {
	log := logKey(first)
	old, _, text := request(first)
	if old != 0 {
		die("the first request begins at %d", old)
	}
	a, _ := open(text, log)
	old, proof, text := request(second)
	b, _ := open(text, log)
	if old != a.N {
		die("the second begins at %d, not at %d", old, a.N)
	}
	must(tlog.CheckTree(proof, b.N, b.Hash, a.N, a.Hash))
	bad := a.Hash
	bad[0] ^= 1
	if tlog.CheckTree(proof, b.N, b.Hash, a.N, bad) == nil {
		die("the proof leads from anywhere")
	}
	fmt.Printf("%d entries follow from %d\n", b.N, a.N)
}

// C2SP tlog-cosignature, type 04, which x/mod does not know.
type witness struct {
	name string
	hash uint32
	pk   ed25519.PublicKey
}

func (w *witness) Name() string    { return w.name }
func (w *witness) KeyHash() uint32 { return w.hash }
func (w *witness) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	t := binary.BigEndian.Uint64(sig)
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", t, msg)
	return ed25519.Verify(w.pk, []byte(signed), sig[8:])
}

func witnessKey(vkey string) *witness {
	part := strings.SplitN(strings.TrimSpace(vkey), "+", 3)
	if len(part) != 3 {
		die("not a vkey: %s", vkey)
	}
	key, err := base64.StdEncoding.DecodeString(part[2])
	must(err)
	if len(key) != 33 || key[0] != 4 {
		die("not of type 04")
	}
	h := sha256.New()
	h.Write([]byte(part[0] + "\n"))
	h.Write(key)
	id := binary.BigEndian.Uint32(h.Sum(nil))
	if fmt.Sprintf("%08x", id) != part[1] {
		die("key id %s is not that of the key", part[1])
	}
	return &witness{part[0], id, ed25519.PublicKey(key[1:])}
}

func checkCosigned(vkey, replica, text string) {
	w, log := witnessKey(vkey), logKey(replica)
	n, err := note.Open([]byte(text), note.VerifierList(log, w))
	must(err)
	if len(n.Sigs) != 2 || len(n.UnverifiedSigs) != 0 {
		die("%d signatures hold, %d are unknown", len(n.Sigs), len(n.UnverifiedSigs))
	}
	spoilt := bytes.Replace([]byte(text), []byte("\n"), []byte("x\n"), 1)
	if _, err := note.Open(spoilt, note.VerifierList(w)); err == nil {
		die("the cosignature holds for another text")
	}
	fmt.Println("signed and cosigned")
}

func checkPlace(leaf, proof, replica string) {
	head, text, ok := strings.Cut(proof, "\n\n")
	lines := strings.Split(head, "\n")
	if !ok || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		die("not a tlog-proof")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	must(err)
	var path tlog.RecordProof
	for _, l := range lines[2:] {
		path = append(path, hash(l))
	}
	t, _ := open(text, logKey(replica))
	must(tlog.CheckRecord(path, t.N, t.Hash, index, tlog.RecordHash([]byte(leaf))))
	if tlog.CheckRecord(path, t.N, t.Hash, index, tlog.RecordHash([]byte(leaf+"x"))) == nil {
		die("the proof holds for anything")
	}
	fmt.Printf("line %d of %d\n", index, t.N)
}

func main() {
	a := os.Args[1:]
	switch {
	case len(a) == 3 && a[0] == "request":
		checkRequests(read(a[1]), read(a[2]))
	case len(a) == 4 && a[0] == "cosigned":
		checkCosigned(read(a[1]), read(a[2]), read(a[3]))
	case len(a) == 4 && a[0] == "place":
		checkPlace(read(a[1]), read(a[2]), read(a[3]))
	default:
		die("usage: request, cosigned or place, with their files")
	}
}
