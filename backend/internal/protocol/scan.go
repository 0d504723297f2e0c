package protocol

import (
	"bytes"
	"unicode/utf8"
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
	kind valueKind
	raw  []byte
}

// maxDepth is how deep arrays and objects may nest, as in encoding/json.
const maxDepth = 10000

// scanner walks over one JSON text.
type scanner struct {
	data []byte
	pos  int

	// badText: some string holds a lone surrogate or U+0000.
	badText bool
	// stack holds the open arrays and objects; a level's keys begin at keys in seen.
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

// object scans a whole text that must be one object, and gives visit each of
// its fields. It returns false where the text is no JSON object, or any object
// in it repeats a key. badText, in visit, says whether this field holds text
// that is not well formed; key is nil where the key itself does.
func scanObject(data []byte, visit func(key []byte, v value, badText bool)) bool {
	s := scanner{data: data}
	s.space()
	if !s.eat('{') {
		return false
	}
	top := level{object: true}
	s.space()
	if !s.eat('}') {
		for {
			s.space()
			s.badText = false
			key, ok := s.key(&top)
			if !ok {
				return false
			}
			if s.badText {
				key = nil
			}
			v, ok := s.value()
			if !ok {
				return false
			}
			visit(key, v, s.badText)
			s.space()
			if s.eat('}') {
				break
			}
			if !s.eat(',') {
				return false
			}
		}
	}
	s.space()
	return s.pos == len(s.data)
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
	raw, plain, ok := s.str()
	if !ok {
		return nil, false
	}
	key := raw
	if !plain {
		key = unescape(raw)
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
		k, opened, ok := s.begin()
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
			return value{kind: kind, raw: s.data[start:s.pos]}, true
		}
	}
}

// begin scans a scalar, or opens an array or object up to where its first
// value stands. An empty one counts as a scalar.
func (s *scanner) begin() (kind valueKind, opened, ok bool) {
	if s.pos >= len(s.data) {
		return absent, false, false
	}
	switch c := s.data[s.pos]; c {
	case '"':
		_, _, ok = s.str()
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

// str scans a string. raw is what stands between the quotes; plain says that
// it holds no escapes.
func (s *scanner) str() (raw []byte, plain, ok bool) {
	if !s.eat('"') {
		return nil, false, false
	}
	start := s.pos
	plain = true
	for s.pos < len(s.data) {
		switch c := s.data[s.pos]; {
		case c == '"':
			raw = s.data[start:s.pos]
			s.pos++
			return raw, plain, true
		case c < 0x20:
			return nil, false, false
		case c == '\\':
			plain = false
			if !s.escape() {
				return nil, false, false
			}
		default:
			s.pos++
		}
	}
	return nil, false, false
}

// escape scans one escape, or a surrogate pair of two.
func (s *scanner) escape() bool {
	if s.pos+1 >= len(s.data) {
		return false
	}
	c := s.data[s.pos+1]
	if c != 'u' {
		s.pos += 2
		return bytes.IndexByte([]byte(`"\/bfnrt`), c) >= 0
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
func unescape(raw []byte) []byte {
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); {
		c := raw[i]
		if c != '\\' {
			out = append(out, c)
			i++
			continue
		}
		if raw[i+1] != 'u' {
			out = append(out, plainEscape(raw[i+1]))
			i += 2
			continue
		}
		u, _ := hex4(raw[i:])
		if u >= 0xD800 && u <= 0xDBFF {
			if low, ok := hex4(raw[i+6:]); ok && low >= 0xDC00 && low <= 0xDFFF {
				out = utf8.AppendRune(out, 0x10000+(u-0xD800)<<10+(low-0xDC00))
				i += 12
				continue
			}
		}
		if u >= 0xD800 && u <= 0xDFFF {
			out = append(out, 0xED, byte(0x80|u>>6&0x3F), byte(0x80|u&0x3F)) //nolint:gosec // masked to a byte
		} else {
			out = utf8.AppendRune(out, u)
		}
		i += 6
	}
	return out
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
