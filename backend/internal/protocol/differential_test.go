package protocol_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/protocol"
)

// TestDecodeLikeStandard makes frames at random, most of them nearly right, and
// holds what Decode says of them against the standard decoder.
func TestDecodeLikeStandard(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // a test
	taken := 0
	frames := 20_000
	if raceEnabled {
		frames = 2_000
	}
	for range frames {
		frame := randomFrame(r)
		if !utf8.Valid(frame) {
			continue
		}
		ok, err := likeStandard(frame)
		if err != nil {
			t.Fatalf("seed %d: %v: %q", seed, err, frame)
		}
		if ok {
			taken++
		}
	}
	if taken < frames/20 || taken > frames*19/20 {
		t.Errorf("seed %d: %d of %d frames were taken: little was tested", seed, taken, frames)
	}
}

// likeStandard says whether Decode takes the frame, and what is wrong with
// that, or with what it read.
func likeStandard(frame []byte) (bool, error) {
	read := bytes.Clone(frame)
	c, refusal := protocol.Decode(read)
	for i := range read { // as the next frame would be written over this one
		read[i] = '!'
	}
	lone, repeated, err := standard(frame)
	badJSON := refusal != nil && refusal.Code == chat.BadJSON
	switch {
	case err != nil && badJSON:
		return false, nil
	case err != nil:
		return false, fmt.Errorf("is no object (%w), but Decode says: %s", err, said(refusal))
	case lone && refusal == nil:
		return false, errors.New("holds text that is not well formed, and is taken")
	case lone:
		return false, nil
	case repeated != badJSON:
		return false, fmt.Errorf("has a key twice: %v, but Decode says: %s", repeated, said(refusal))
	case refusal != nil && strings.Contains(refusal.Detail, "surrogates"):
		return false, fmt.Errorf("all text is well formed, but Decode says: %s", said(refusal))
	case refusal != nil:
		return false, nil
	}
	return true, sameFields(&c, frame)
}

func said(refusal *chat.Error) string {
	if refusal == nil {
		return "taken"
	}
	return refusal.Error()
}

func sameFields(c *protocol.Command, frame []byte) error {
	var std map[string]any
	if err := json.Unmarshal(frame, &std); err != nil {
		return err
	}
	got := map[string]string{"op": string(c.Op), "id": c.ID}
	if c.Op != protocol.Ping {
		got["room"] = string(c.Room)
	}
	switch c.Op {
	case protocol.Send:
		got["body"], got["parent"] = c.Body, c.Parent
		if files, _ := std["files"].([]any); fmt.Sprint(files...) != fmt.Sprint(anys(c.Files)...) {
			return fmt.Errorf("files are %q, want %q", c.Files, files)
		}
	case protocol.Edit:
		got["message"], got["body"] = c.Message, c.Body
	case protocol.Delete:
		got["message"] = c.Message
	case protocol.Todo:
		got["message"], got["body"] = c.Message, c.Body
		if on, _ := std["on"].(bool); on != c.On {
			return fmt.Errorf("on is %v, want %v", c.On, on)
		}
	case protocol.React:
		got["message"], got["emoji"] = c.Message, c.Emoji
		if on, _ := std["on"].(bool); on != c.On {
			return fmt.Errorf("on is %v, want %v", c.On, on)
		}
	case protocol.Join:
		got["epoch"] = c.Epoch
	}
	for field, got := range got {
		if want, _ := std[field].(string); got != want {
			return fmt.Errorf("%s is %q, want %q", field, got, want)
		}
	}
	return nil
}

func anys(list []string) (out []any) {
	for _, s := range list {
		out = append(out, s)
	}
	return out
}

var (
	texts   = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
	escapes = regexp.MustCompile(`\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|u....|.)`)
	unwell  = regexp.MustCompile(`^\\u(0000|[dD][89abcdefABCDEF]..)$`)
)

// standard is what the standard library makes of a frame: err where it is not
// one object, lone where some text holds U+0000 or a lone surrogate.
func standard(frame []byte) (lone, repeated bool, err error) {
	if !json.Valid(frame) {
		return false, false, errors.New("not valid")
	}
	if bytes.TrimLeft(frame, " \t\r\n")[0] != '{' {
		return false, false, errors.New("another kind")
	}
	for _, text := range texts.FindAll(frame, -1) {
		for _, e := range escapes.FindAll(text, -1) {
			lone = lone || unwell.Match(e)
		}
	}
	type level struct {
		keys map[string]bool
		key  bool // a key or the end comes next
	}
	var open []level
	d := json.NewDecoder(bytes.NewReader(frame))
	d.UseNumber()
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return lone, repeated, nil
		}
		if err != nil {
			return false, false, err
		}
		if delim, is := token.(json.Delim); is && (delim == '}' || delim == ']') {
			open = open[:len(open)-1]
			continue
		}
		if n := len(open); n > 0 && open[n-1].keys != nil {
			top := &open[n-1]
			if top.key {
				key := token.(string)
				repeated = repeated || top.keys[key]
				top.keys[key] = true
				top.key = false
				continue
			}
			top.key = true
		}
		switch token {
		case json.Delim('{'):
			open = append(open, level{keys: map[string]bool{}, key: true})
		case json.Delim('['):
			open = append(open, level{})
		}
	}
}

var pieces = []string{
	"tea", "x", "aaaaaaaa", "1234567", "ü", "茶", "🫖", `\n`, `\"`, `\\`, `\/`, `\u0041`, `\u00e9`, `\ud83e\uded6`, `\uD83E\uDED6`,
	"\x7f", "\u2028", " ", "'", "!", "#", "[", "]", "{", "}", ":", ",", "\u0080", "\uffff", "\U0010ffff",
}

var badPieces = []string{
	`\u0000`, `\ud83e`, `\uded6`, `\ud83e\u0041`, `\ud83e\ud83e\uded6`, `\uded6\ud83e`, `\ud83e\n`, `\x`, `\u12`, `\u12g4`, `\`, `"`,
	"\x00", "\x1f", "\n", "\t", "\x01", `\U0041`, `\ud83eé`,
}

func randomText(r *rand.Rand) string {
	var b strings.Builder
	b.WriteByte('"')
	for range r.IntN(12) {
		b.WriteString(pieces[r.IntN(len(pieces))])
	}
	if r.IntN(60) == 0 {
		b.WriteString(badPieces[r.IntN(len(badPieces))])
		b.WriteString(strings.Repeat("z", r.IntN(12)))
	}
	b.WriteByte('"')
	return b.String()
}

func randomValue(r *rand.Rand, depth int) string {
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	switch n := r.IntN(12); {
	case n < 5 || depth > 4:
		return randomText(r)
	case n < 7:
		return pick("0", "1", "12", "9007199254740991", "9007199254740992", "-1", "-0", "1.5", "1e2", "1E+2", "01", "1.", ".5", "-", "1e", "+1", "0x1")
	case n < 9:
		return pick("true", "false", "null", "tru", "nul", "True", "falsee")
	}
	var parts []string
	object := r.IntN(2) == 0
	for i := range r.IntN(5) * r.IntN(6) {
		v := randomValue(r, depth+1)
		if object {
			v = fmt.Sprintf(`"%c%d":`, 'a'+r.IntN(3), i+r.IntN(30)/29) + v
		}
		parts = append(parts, v)
	}
	if object {
		return "{" + strings.Join(parts, pick(",", " , ")) + "}"
	}
	return "[" + strings.Join(parts, pick(",", ",", ", ", " ,")) + "]"
}

func randomFrame(r *rand.Rand) []byte {
	space := func() string { return []string{"", "", "", " ", "\n\t", "\r"}[r.IntN(6)] }
	fields := []string{`"op":` + []string{
		`"send"`, `"send"`, `"send"`, `"edit"`, `"delete"`, `"react"`, `"react"`, `"join"`, `"read"`, `"ping"`, `"\u0073end"`, `"Send"`, "1", `"todo"`,
	}[r.IntN(14)]}
	for _, f := range []string{"id", "room", "body", "parent", "epoch", "message", "emoji"} {
		if r.IntN(12) > 0 && (f != "message" || fields[0] != `"op":"todo"` || r.IntN(8) == 0) {
			fields = append(fields, `"`+f+`":`+randomText(r))
		}
	}
	if r.IntN(3) == 0 {
		fields = append(fields, `"after":12`, `"limit":5`, `"seq":4`)
	}
	if r.IntN(3) == 0 {
		fields = append(fields, `"on":`+[]string{"true", "false", "true", "null", `"true"`, "0"}[r.IntN(6)])
	}
	if r.IntN(3) == 0 {
		fields = append(fields, `"files":[`+strings.Join([]string{randomText(r), randomText(r)}[:r.IntN(3)], ", ")+"]")
	}
	for range r.IntN(3) {
		fields = append(fields, []string{`"x"`, `"\u0079"`, `"y"`, randomText(r)}[r.IntN(4)]+":"+randomValue(r, 0))
	}
	for i := range r.IntN(2) * r.IntN(40) {
		fields = append(fields, fmt.Sprintf(`"k%d":%d`, i-r.IntN(60)/59, i))
	}
	r.Shuffle(len(fields), func(i, j int) { fields[i], fields[j] = fields[j], fields[i] })
	frame := []byte(space() + "{" + space() + strings.Join(fields, space()+","+space()) + space() + "}" + space())
	for range r.IntN(8) / 7 * (1 + r.IntN(2)) { // damage a little
		at := r.IntN(len(frame))
		switch r.IntN(3) {
		case 0:
			frame[at] = byte(r.IntN(128))
		case 1:
			frame = append(frame[:at], frame[at+1:]...)
		default:
			frame = append(frame[:at], append([]byte{`"\{}[],:u0 `[r.IntN(11)]}, frame[at:]...)...)
		}
		if len(frame) == 0 {
			return frame
		}
	}
	return frame
}
