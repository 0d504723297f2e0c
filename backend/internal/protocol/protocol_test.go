package protocol_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/protocol"
)

const contract = "../../../protocol"

// definition compiles one $defs entry of the contract's schema.
func definition(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	path, err := filepath.Abs(contract + "/schema.json")
	if err != nil {
		t.Fatal(err)
	}
	s, err := jsonschema.NewCompiler().Compile(path + "#/$defs/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func parse(t *testing.T, raw []byte) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	return v
}

// fixtures reads a folder of the contract's examples.
func fixtures(t testing.TB, folder string) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(contract, "fixtures", folder, "*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no fixtures in %s: %v", folder, err)
	}
	all := make(map[string][]byte, len(paths))
	for _, p := range paths {
		raw, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(p), ".json")] = raw
	}
	return all
}

func TestEveryFixtureFitsTheSchema(t *testing.T) {
	t.Parallel()
	for folder, def := range map[string]string{"client": "Command", "server": "ServerFrame"} {
		schema := definition(t, def)
		for name, raw := range fixtures(t, folder) {
			if err := schema.Validate(parse(t, raw)); err != nil {
				t.Errorf("%s/%s: %v", folder, name, err)
			}
		}
	}
	for name, raw := range fixtures(t, "http") {
		def, _, _ := strings.Cut(name, ".")
		if err := definition(t, def).Validate(parse(t, raw)); err != nil {
			t.Errorf("http/%s: %v", name, err)
		}
	}
}

// A decoded command says what its fixture says, by the standard decoder's
// reading of it.
func TestDecodeReadsEveryClientFixture(t *testing.T) {
	t.Parallel()
	ops := make(map[protocol.Op]bool)
	for name, raw := range fixtures(t, "client") {
		var want struct {
			Op, ID, Room, Epoch, Body, Parent string
			Message, Emoji                    string
			On                                bool
			After                             *uint64
			Limit                             *int
			Seq                               uint64
			Files                             []string
		}
		if err := json.Unmarshal(raw, &want); err != nil {
			t.Fatal(err)
		}
		got, refusal := protocol.Decode(raw)
		if refusal != nil {
			t.Errorf("%s: refused: %v", name, refusal)
			continue
		}
		ops[got.Op] = true
		if string(got.Op) != want.Op || got.ID != want.ID || string(got.Room) != want.Room ||
			got.Epoch != want.Epoch || got.Body != want.Body || got.Parent != want.Parent ||
			got.Message != want.Message || got.Emoji != want.Emoji || got.On != want.On ||
			got.Seq != want.Seq || len(got.Files) != len(want.Files) {
			t.Errorf("%s: got %+v", name, got)
		}
		if got.HasAfter != (want.After != nil) || (want.After != nil && got.After != *want.After) {
			t.Errorf("%s: after is %d, %t", name, got.After, got.HasAfter)
		}
		if want.Limit != nil && got.Limit != *want.Limit {
			t.Errorf("%s: limit is %d", name, got.Limit)
		}
		if got.Op == protocol.Join && want.Limit == nil && got.Limit != protocol.DefaultLimit {
			t.Errorf("%s: limit is %d where none was given", name, got.Limit)
		}
	}
	for _, op := range []protocol.Op{
		protocol.Join, protocol.Leave, protocol.Send, protocol.Edit, protocol.Delete, protocol.React, protocol.Todo, protocol.Card, protocol.Read, protocol.Typing, protocol.Ping,
	} {
		if !ops[op] {
			t.Errorf("there is no fixture of %s", op)
		}
	}
}

// Rules that need a setting or the store are chat's; their fixtures decode.
var judgedLater = []string{"send.body-", "send.files-of-", "edit.body-", "react.emoji-", "todo.body-", "card.body-too-long"}

func TestDecodeRefusesEveryInvalidFixture(t *testing.T) {
	t.Parallel()
	for name, raw := range fixtures(t, "invalid") {
		var f struct{ Frame, Code, Field string }
		if err := json.Unmarshal(raw, &f); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		c, refusal := protocol.Decode([]byte(f.Frame))
		if refusal == nil {
			later := false
			for _, prefix := range judgedLater {
				later = later || strings.HasPrefix(name, prefix)
			}
			if !later {
				t.Errorf("%s: taken as %+v", name, c)
			}
			continue
		}
		if string(refusal.Code) != f.Code || refusal.Detail == "" {
			t.Errorf("%s: %v, want %s", name, refusal, f.Code)
		}
		if f.Field != "" && refusal.Field != f.Field {
			t.Errorf("%s: field %q, want %q", name, refusal.Field, f.Field)
		}
		if wantID := f.Code != "bad_json" && f.Field != "id"; !wantID && c.ID != "" {
			t.Errorf("%s: the answer would repeat the id %q", name, c.ID)
		}
		if err := definition(t, "ServerFrame").Validate(parse(t, protocol.Failed(c.ID, refusal))); err != nil {
			t.Errorf("%s: the answer does not fit the schema: %v", name, err)
		}
	}
}

// What the server encodes is what its fixture says, key by key.
func TestEncodeEqualsTheFixtures(t *testing.T) {
	t.Parallel()
	frames := fixtures(t, "server")
	bob := chat.User{ID: "u_01JD9ZM7T2", Name: "Bob", Role: chat.Guest}
	ada := chat.User{ID: "u_01JD9ZK3Q8", Name: "Ada", Role: chat.Guest}
	for name, got := range map[string][]byte{
		"activity":            protocol.ActivityFrame("tea", 91, 3),
		"read":                protocol.ReadFrame("general", 57),
		"resync":              protocol.ResyncFrame("general", 120),
		"typing":              protocol.TypingFrame("general", &bob),
		"presence":            protocol.PresenceFrame("general", []chat.User{bob}, []chat.UserID{ada.ID}, 12, true),
		"presence.only-count": protocol.PresenceFrame("general", nil, nil, 501, false),
		"ok.ping":             protocol.OK("5f0c7a52-7a5e-4f0e-9d5c-0f8a2d6c1b3e", ""),
		"ok.leave":            protocol.OK("5f0c7a52-7a5e-4f0e-9d5c-0f8a2d6c1b3e", "tea"),
		"ok.join.empty":       protocol.Joined("5f0c7a52-7a5e-4f0e-9d5c-0f8a2d6c1b3e", "tea", 0, "e_7c1f", nil, false, false, false),
		"error.too_long": protocol.Failed("5f0c7a52-7a5e-4f0e-9d5c-0f8a2d6c1b3e",
			&chat.Error{Code: chat.TooLong, Detail: "the body is longer than 32768 bytes", Limit: 32768}),
		"error.rate_limited": protocol.Failed("5f0c7a52-7a5e-4f0e-9d5c-0f8a2d6c1b3e",
			&chat.Error{Code: chat.RateLimited, Detail: "too fast", RetryMS: 150}),
		"error.invalid.no-id": protocol.Failed("", &chat.Error{Code: chat.Invalid, Field: "id", Detail: "id is missing"}),
	} {
		want, there := frames[name]
		if !there {
			t.Errorf("there is no fixture %s", name)
			continue
		}
		if !equalJSON(t, got, want) {
			t.Errorf("%s: got %s", name, got)
		}
	}
}

func equalJSON(t *testing.T, a, b []byte) bool {
	t.Helper()
	x, err := json.Marshal(parse(t, a))
	if err != nil {
		t.Fatal(err)
	}
	y, err := json.Marshal(parse(t, b))
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Equal(x, y)
}

// changes are events of the kinds that are about a message or the room, and
// messages as they stand.
var changes = []struct {
	kind   chat.Kind
	body   string
	target chat.EventID
	shown  *chat.Standing
	want   string
}{
	{chat.KindEdit, "new", 1, nil, `"at":1,"message":"m_0000000000001","body":"new","ref":"s"}`},
	{chat.KindEdit, "", 1, nil, `"at":1,"message":"m_0000000000001","ref":"s"}`},
	{chat.KindDelete, "", 1, nil, `"at":1,"message":"m_0000000000001","ref":"s"}`},
	{chat.KindReact, "❤️", 1, nil, `"at":1,"message":"m_0000000000001","emoji":"❤️","on":true,"ref":"s"}`},
	{chat.KindTodo, "buy \"milk\"", 0, nil, `"at":1,"body":"buy \"milk\"","on":true,"ref":"s"}`},
	{chat.KindTodo, "milk", 1, nil, `"at":1,"message":"m_0000000000001","body":"milk","on":true,"ref":"s"}`},
	{chat.KindCard, `[{"a":"<b>"}]`, 0, nil, `"at":1,"body":"[{\"a\":\"<b>\"}]","ref":"s"}`},
	{chat.KindCard, "", 0, &chat.Standing{Deleted: true}, `"at":1,"deleted":true,"ref":"s"}`},
	{chat.KindRoom, "Tea\nabout \"tea\"", 0, nil, `"at":1,"name":"Tea","topic":"about \"tea\"","ref":"s"}`},
	{chat.KindRoom, "Tea\n", 0, nil, `"at":1,"name":"Tea","topic":"","ref":"s"}`},
	{chat.KindMessage, "", 0, &chat.Standing{Edited: 60, Deleted: true}, `"at":1,"deleted":true,"ref":"s"}`},
	{chat.KindMessage, "new", 0, &chat.Standing{Edited: 60}, `"at":1,"body":"new","edited":60,"ref":"s"}`},
	{chat.KindMessage, "x", 0, &chat.Standing{}, `"at":1,"body":"x","ref":"s"}`},
	{
		chat.KindMessage, "x", 0, &chat.Standing{Edited: 60, Reactions: []chat.Reaction{
			{Emoji: "👍", By: []chat.Reactor{{ID: "u_1", Name: `A"da`}, {ID: "u_2", Name: "Bob"}}}, {Emoji: "🍵", By: []chat.Reactor{{ID: "u_2", Name: "Bob"}}},
		}},
		`"edited":60,"reactions":{"👍":[{"id":"u_1","name":"A\"da"},{"id":"u_2","name":"Bob"}],"🍵":[{"id":"u_2","name":"Bob"}]},"ref":"s"}`,
	},
}

func TestEncodedFramesFitTheSchema(t *testing.T) {
	t.Parallel()
	schema := definition(t, "ServerFrame")
	message := chat.Event{
		Room: "general", Seq: 58, Kind: chat.KindMessage, ID: 1 << 40, User: "u_1", Name: "Ada \"\\\x01\n\t\r茶🍵",
		At: 1795170000123, Body: "a\u2028b<script>\x7f", Parent: 7, Ref: "r",
	}
	member := chat.Event{Room: "tea", Seq: 1, Kind: chat.KindMember, ID: 2, User: "u_1", Name: "Ada", At: 1, On: true}
	events := [][]byte{protocol.AppendEvent(nil, &message), protocol.AppendEvent(nil, &member)}
	for _, change := range changes {
		e := chat.Event{
			Room: "general", Seq: 59, Kind: change.kind, ID: 3, User: "u_1", Name: "Ada", At: 1,
			Body: change.body, Target: change.target, On: true, Ref: "s", Shown: change.shown,
		}
		frame := protocol.AppendEvent(nil, &e)
		events = append(events, frame)
		if !strings.Contains(string(frame), change.want) {
			t.Errorf("%s, want %s in it", frame, change.want)
		}
	}
	user := chat.User{ID: "u_1", Name: "Ada", Role: chat.Guest}
	rooms := []chat.Belonging{{Room: chat.Room{ID: "general", Name: "General", Head: 57}, Read: 40, Unread: 9}}
	frames := append([][]byte{
		protocol.Hello(&user, rooms, protocol.Limits{Body: 32768, Frame: 262144}),
		protocol.Sent("1", &message),
		protocol.Changed("1", &message),
		protocol.Joined("1", "general", 58, "e", events, true, false, false),
		protocol.Joined("1", "general", 58, "e", events, false, false, true),
	}, events...)
	for _, f := range frames {
		if err := schema.Validate(parse(t, f)); err != nil {
			t.Errorf("%v in %s", err, f)
		}
	}
	for def, body := range map[string][]byte{
		"EventsPage": protocol.EventsPage("general", &chat.Page{Events: []chat.Event{message}, Head: 58, Epoch: "e"}),
		"RoomList":   protocol.RoomsBody([]chat.Listing{{Room: rooms[0].Room, Member: true, Members: 2}}, false),
		"Session":    protocol.UserBody(&user),
		"About":      protocol.AboutBody(`1.0 "beta"`),
		"ErrorBody":  protocol.ErrorBody(chat.InvalidField("name", "no")),
	} {
		if err := definition(t, def).Validate(parse(t, body)); err != nil {
			t.Errorf("%s: %v in %s", def, err, body)
		}
	}
	var back struct {
		Body string
		User struct{ Name string }
	}
	if err := json.Unmarshal(events[0], &back); err != nil || back.Body != message.Body || back.User.Name != message.Name {
		t.Errorf("the text comes back as %q, %q (%v)", back.Body, back.User.Name, err)
	}
}

func TestErrorCodesAreThoseOfTheSchema(t *testing.T) {
	t.Parallel()
	schema := definition(t, "ErrorCode")
	for _, code := range []chat.Code{
		chat.BadJSON, chat.UnknownOp, chat.Invalid, chat.TooLong, chat.Unauthenticated, chat.Forbidden,
		chat.NotFound, chat.Conflict, chat.RateLimited, chat.Unavailable, chat.Internal,
	} {
		if err := schema.Validate(string(code)); err != nil {
			t.Error(err)
		}
	}
}

func TestDecodeHoldsAgainstDepthAndManyKeys(t *testing.T) {
	t.Parallel()
	deep := `{"op":"ping","id":"1","x":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + `}`
	if _, refusal := protocol.Decode([]byte(deep)); refusal != nil {
		t.Errorf("9,000 levels: %v", refusal)
	}
	deeper := `{"op":"ping","id":"1","x":` + strings.Repeat(`{"a":`, 40000)
	if _, refusal := protocol.Decode([]byte(deeper)); refusal == nil || refusal.Code != chat.BadJSON {
		t.Errorf("40,000 levels: %v", refusal)
	}
	var many strings.Builder
	many.WriteString(`{"op":"ping","id":"1"`)
	for i := range 20000 {
		many.WriteString(`,"k` + string(rune('a'+i%26)) + strings.Repeat("x", i/26%7) + strings.Repeat("y", i/182) + `":1`)
		if many.Len() > 200<<10 {
			break
		}
	}
	if _, refusal := protocol.Decode([]byte(many.String() + `}`)); refusal != nil {
		t.Errorf("many keys: %v", refusal)
	}
	if _, refusal := protocol.Decode([]byte(many.String() + `,"\u006bbx":2}`)); refusal == nil {
		t.Error("a repeated key among many was taken")
	}
}

// Where both take a frame, the strict decoder and the standard one must read
// the same; what the strict one takes, the standard one takes.
func FuzzDecode(f *testing.F) {
	for _, folder := range []string{"client", "invalid"} {
		paths, err := filepath.Glob(filepath.Join(contract, "fixtures", folder, "*.json"))
		if err != nil {
			f.Fatal(err)
		}
		for _, p := range paths {
			raw, err := os.ReadFile(p)
			if err != nil {
				f.Fatal(err)
			}
			var invalid struct{ Frame string }
			if folder == "invalid" && json.Unmarshal(raw, &invalid) == nil {
				raw = []byte(invalid.Frame)
			}
			f.Add(raw)
		}
	}
	f.Fuzz(func(t *testing.T, frame []byte) {
		if !utf8.Valid(frame) {
			return // the transport closes with 1007 before anybody decodes
		}
		c, refusal := protocol.Decode(frame)
		if refusal != nil {
			if refusal.Code == "" || refusal.Detail == "" {
				t.Fatalf("a refusal without code or sentence: %+v", refusal)
			}
			if !json.Valid(protocol.Failed(c.ID, refusal)) {
				t.Fatalf("the answer is no JSON: %s", protocol.Failed(c.ID, refusal))
			}
			return
		}
		var std map[string]json.RawMessage
		if err := json.Unmarshal(frame, &std); err != nil {
			t.Fatalf("taken, but the standard decoder says %v", err)
		}
		for key, got := range map[string]string{"op": string(c.Op), "id": c.ID} {
			var want string
			if err := json.Unmarshal(std[key], &want); err != nil || got != want {
				t.Fatalf("%s is %q, want %q (%v)", key, got, want, err)
			}
		}
	})
}

func BenchmarkDecodeSend(b *testing.B) {
	frame := []byte(`{"op":"send","id":"5f0c7a52-7a5e-4f0e-9d5c-0f8a2d6c1b3e","room":"general","body":"` + strings.Repeat("tea ", 32) + `"}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, refusal := protocol.Decode(frame); refusal != nil {
			b.Fatal(refusal)
		}
	}
}

func BenchmarkAppendEvent(b *testing.B) {
	e := chat.Event{
		Room: "general", Seq: 58, Kind: chat.KindMessage, ID: 1 << 40, User: "u_hzcpyerepb60nz6k", Name: "Ada",
		At: 1795170000123, Body: strings.Repeat("tea ", 32), Ref: "5f0c7a52-7a5e-4f0e-9d5c-0f8a2d6c1b3e",
	}
	buf := make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		buf = protocol.AppendEvent(buf[:0], &e)
	}
}

func BenchmarkAppendSent(b *testing.B) {
	e := chat.Event{Room: "general", Seq: 58, Kind: chat.KindMessage, ID: 1 << 40, At: 1795170000123}
	buf := make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		buf = protocol.AppendSent(buf[:0], "5f0c7a52-7a5e-4f0e-9d5c-0f8a2d6c1b3e", &e)
	}
}

// Reading a frame costs one piece of memory for its texts, and one for a room
// other than general.
func TestDecodeAllocatesLittle(t *testing.T) {
	for frame, most := range map[string]float64{
		`{"op":"send","id":"5f0c7a52","room":"general","body":"tea\n","parent":"m_0123456789abc"}`:          1,
		`{"op":"send","id":"5f0c7a52","room":"tea","body":"tea"}`:                                           2,
		`{"op":"ping","id":"5f0c7a52"}`:                                                                     1,
		`{"op":"edit","id":"5f0c7a52","room":"general","message":"m_0123456789abc","body":"tea\n"}`:         1,
		`{"op":"delete","id":"5f0c7a52","room":"general","message":"m_0123456789abc"}`:                      1,
		`{"op":"react","id":"5f0c7a52","room":"general","message":"m_0123456789abc","emoji":"👍","on":true}`: 1,
		`{"op":"todo","id":"5f0c7a52","room":"general","body":"milk","on":true}`:                            1,
		`{"op":"read","id":"5f0c7a52","room":"general","seq":12}`:                                           1,
	} {
		raw := []byte(frame)
		got := testing.AllocsPerRun(1000, func() {
			if _, refusal := protocol.Decode(raw); refusal != nil {
				t.Error(refusal)
			}
		})
		if got > most && !raceEnabled {
			t.Errorf("%s: %v allocations, at most %v are due", frame, got, most)
		}
	}
}
