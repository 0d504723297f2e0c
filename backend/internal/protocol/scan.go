package protocol

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"strings"
)

// The standard library's decoder takes repeated keys, matches keys without
// regard to case and turns lone surrogates into U+FFFD. The contract refuses
// all three, so frames are read by a scanner of our own, in one pass.

type valueKind uint8

const (
	absent valueKind = iota
	stringValue
	numberValue
	boolValue
	nullValue
	objectValue
	arrayValue
)

// value is a field of the frame: its kind and its text as it stands.
type value struct {
	kind  valueKind
	plain bool // a string without escapes
	raw   []byte
}

// maxDepth is how deep arrays and objects may nest, as in encoding/json.
const maxDepth = 10000

// scanner walks over one JSON text that must be one object: begin begins it,
// field gives one of its fields after the other. It can be used again.
type scanner struct {
	data []byte
	pos  int

	plain   bool // the last string held no escapes
	badText bool // in the last field some string holds a lone surrogate or U+0000
	whole   bool // the text was one object and no more, and none in it repeats a key

	top    level // the object itself
	fields int   // of it, so far
	// stack holds the open arrays and objects of a field; a level's keys begin
	// at keys in seen.
	stack []level
	seen  [][]byte
}

type level struct {
	object bool
	keys   int
	many   map[string]struct{} // in place of seen, once there are many
}

// fewKeys is how many keys of one object are compared one by one.
const fewKeys = 16

// begin takes a text and says whether an object begins in it.
func (s *scanner) begin(data []byte) bool {
	s.data = data
	s.space()
	return s.eat('{')
}

// forget makes the scanner ready for another text. It keeps no piece of this
// one, nor much memory.
func (s *scanner) forget() {
	seen, stack := s.seen, s.stack
	clear(seen[:cap(seen)])
	clear(stack[:cap(stack)])
	*s = scanner{}
	if cap(seen) <= keptKeys && cap(stack) <= keptKeys {
		s.seen, s.stack = seen[:0], stack[:0]
	}
}

const keptKeys = 64

// field scans the next field. more is false behind the last one, where whole
// tells whether the text was as it has to be. key is nil where the key itself
// holds text that is not well formed.
func (s *scanner) field() (key []byte, v value, more bool) {
	s.space()
	if s.eat('}') {
		s.space()
		s.whole = s.pos == len(s.data)
		return nil, value{}, false
	}
	if s.fields > 0 && !s.eat(',') {
		return nil, value{}, false
	}
	s.space()
	s.fields++
	s.badText = false
	key, ok := s.key(&s.top)
	if !ok {
		return nil, value{}, false
	}
	if s.badText {
		key = nil
	}
	v, more = s.value()
	return key, v, more
}

func (s *scanner) space() {
	for s.pos < len(s.data) {
		switch s.data[s.pos] {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return
		}
	}
}

func (s *scanner) eat(c byte) bool {
	if s.pos < len(s.data) && s.data[s.pos] == c {
		s.pos++
		return true
	}
	return false
}

// key scans a key and its colon, and refuses one that the object has already.
func (s *scanner) key(l *level) ([]byte, bool) {
	key, ok := s.str()
	if !ok {
		return nil, false
	}
	if !s.plain {
		var b strings.Builder
		unescape(&b, key)
		key = []byte(b.String())
	}
	if !s.fresh(l, key) {
		return nil, false
	}
	s.space()
	if !s.eat(':') {
		return nil, false
	}
	s.space()
	return key, true
}

func (s *scanner) fresh(l *level, key []byte) bool {
	if l.many == nil {
		mine := s.seen[l.keys:]
		for _, k := range mine {
			if bytes.Equal(k, key) {
				return false
			}
		}
		if len(mine) < fewKeys {
			s.seen = append(s.seen, key)
			return true
		}
		l.many = make(map[string]struct{}, 4*fewKeys)
		for _, k := range mine {
			l.many[string(k)] = struct{}{}
		}
	}
	if _, there := l.many[string(key)]; there {
		return false
	}
	l.many[string(key)] = struct{}{}
	return true
}

// value scans any value, without recursion.
func (s *scanner) value() (value, bool) {
	start := s.pos
	base := len(s.stack)
	var kind valueKind
	for {
		k, opened, ok := s.scalar()
		if !ok {
			return value{}, false
		}
		if kind == absent {
			kind = k
		}
		if opened {
			continue
		}
		more, ok := s.finish(base)
		if !ok {
			return value{}, false
		}
		if !more {
			return value{kind: kind, plain: s.plain, raw: s.data[start:s.pos]}, true
		}
	}
}

// scalar scans a scalar, or opens an array or object up to where its first
// value stands. An empty one counts as a scalar.
func (s *scanner) scalar() (kind valueKind, opened, ok bool) {
	if s.pos >= len(s.data) {
		return absent, false, false
	}
	switch c := s.data[s.pos]; c {
	case '"':
		_, ok = s.str()
		return stringValue, false, ok
	case 't':
		return boolValue, false, s.word("true")
	case 'f':
		return boolValue, false, s.word("false")
	case 'n':
		return nullValue, false, s.word("null")
	case '[':
		s.pos++
		s.space()
		if s.eat(']') {
			return arrayValue, false, true
		}
		return arrayValue, true, s.push(level{keys: len(s.seen)})
	case '{':
		s.pos++
		s.space()
		if s.eat('}') {
			return objectValue, false, true
		}
		if !s.push(level{object: true, keys: len(s.seen)}) {
			return objectValue, false, false
		}
		_, ok = s.key(&s.stack[len(s.stack)-1])
		return objectValue, true, ok
	default:
		return numberValue, false, s.number()
	}
}

func (s *scanner) push(l level) bool {
	if len(s.stack) >= maxDepth {
		return false
	}
	s.stack = append(s.stack, l)
	return true
}

// finish goes on behind a value: to the next one of the array or object around
// it (more), or, closing what ends, back to depth base.
func (s *scanner) finish(base int) (more, ok bool) {
	for len(s.stack) > base {
		l := &s.stack[len(s.stack)-1]
		s.space()
		if s.eat(',') {
			s.space()
			if l.object {
				_, ok := s.key(l)
				return true, ok
			}
			return true, true
		}
		end := byte(']')
		if l.object {
			end = '}'
		}
		if !s.eat(end) {
			return false, false
		}
		s.seen = s.seen[:l.keys]
		s.stack = s.stack[:len(s.stack)-1]
	}
	return false, true
}

func (s *scanner) word(w string) bool {
	if len(s.data)-s.pos < len(w) || string(s.data[s.pos:s.pos+len(w)]) != w {
		return false
	}
	s.pos += len(w)
	return true
}

// number scans what RFC 8259 section 6 allows.
func (s *scanner) number() bool {
	s.eat('-')
	if !s.eat('0') && !s.digits() {
		return false
	}
	if s.eat('.') && !s.digits() {
		return false
	}
	if s.pos < len(s.data) && (s.data[s.pos] == 'e' || s.data[s.pos] == 'E') {
		s.pos++
		if !s.eat('+') {
			s.eat('-')
		}
		return s.digits()
	}
	return true
}

func (s *scanner) digits() bool {
	from := s.pos
	for s.pos < len(s.data) && s.data[s.pos] >= '0' && s.data[s.pos] <= '9' {
		s.pos++
	}
	return s.pos > from
}

// str scans a string. raw is what stands between the quotes; plain then says
// whether it holds no escapes.
func (s *scanner) str() (raw []byte, ok bool) {
	if !s.eat('"') {
		return nil, false
	}
	start := s.pos
	s.plain = true
	for {
		s.pos += ordinary(s.data[s.pos:])
		if s.pos == len(s.data) {
			return nil, false
		}
		switch c := s.data[s.pos]; {
		case c == '"':
			raw = s.data[start:s.pos]
			s.pos++
			return raw, true
		case c < 0x20:
			return nil, false
		default:
			s.plain = false
			if !s.escape() {
				return nil, false
			}
		}
	}
}

// ordinary is how many bytes of b come before the first quote, backslash or
// control character. It looks at 8 of them at once: in each byte of found the
// highest bit is set where there is one, above the first perhaps elsewhere too.
func ordinary(b []byte) int {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	i := 0
	for ; i+8 <= len(b); i += 8 {
		x := binary.LittleEndian.Uint64(b[i:])
		quote, backslash := x^ones*'"', x^ones*'\\'
		found := (x-ones*0x20)&^x | (quote-ones)&^quote | (backslash-ones)&^backslash
		if found &= high; found != 0 {
			return i + bits.TrailingZeros64(found)/8
		}
	}
	for i < len(b) && b[i] >= 0x20 && b[i] != '"' && b[i] != '\\' {
		i++
	}
	return i
}

// escape scans one escape, or a surrogate pair of two.
func (s *scanner) escape() bool {
	if s.pos+1 >= len(s.data) {
		return false
	}
	c := s.data[s.pos+1]
	if c != 'u' {
		s.pos += 2
		return strings.IndexByte(`"\/bfnrt`, c) >= 0
	}
	u, ok := hex4(s.data[s.pos:])
	if !ok {
		return false
	}
	s.pos += 6
	switch {
	case u == 0, u >= 0xDC00 && u <= 0xDFFF:
		s.badText = true
	case u >= 0xD800 && u <= 0xDBFF:
		low, ok := hex4(s.data[s.pos:])
		if !ok || low < 0xDC00 || low > 0xDFFF {
			s.badText = true
			return true // what follows is scanned for itself
		}
		s.pos += 6
	}
	return true
}

// hex4 reads `\uXXXX` at the beginning of b.
func hex4(b []byte) (rune, bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	var u rune
	for _, c := range b[2:6] {
		switch {
		case c >= '0' && c <= '9':
			u = u<<4 | rune(c-'0')
		case c >= 'a' && c <= 'f':
			u = u<<4 | rune(c-'a'+10)
		case c >= 'A' && c <= 'F':
			u = u<<4 | rune(c-'A'+10)
		default:
			return 0, false
		}
	}
	return u, true
}

// unescape resolves the escapes of a string that was scanned. A lone surrogate
// keeps a form of its own, so that two keys are equal only if they are.
func unescape(b *strings.Builder, raw []byte) {
	for {
		n := bytes.IndexByte(raw, '\\')
		if n < 0 {
			b.Write(raw)
			return
		}
		b.Write(raw[:n])
		raw = raw[n:]
		if raw[1] != 'u' {
			b.WriteByte(plainEscape(raw[1]))
			raw = raw[2:]
			continue
		}
		u, _ := hex4(raw)
		raw = raw[6:]
		if u >= 0xD800 && u <= 0xDBFF {
			if low, ok := hex4(raw); ok && low >= 0xDC00 && low <= 0xDFFF {
				b.WriteRune(0x10000 + (u-0xD800)<<10 + (low - 0xDC00))
				raw = raw[6:]
				continue
			}
		}
		if u >= 0xD800 && u <= 0xDFFF {
			b.Write([]byte{0xED, byte(0x80 | u>>6&0x3F), byte(0x80 | u&0x3F)}) //nolint:gosec // masked to a byte
		} else {
			b.WriteRune(u)
		}
	}
}

func plainEscape(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}
