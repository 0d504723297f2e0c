package protocol_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/protocol"
)

func TestRows(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`[{"a":1}]`: `[{"a":1}]`,
		" [ { \"a b\" : \" x \\\" \\\\\" ,\r\n\t\"c\":-0.5E+7 } , {} ] ": `[{"a b":" x \" \\","c":-0.5E+7},{}]`,
		`[{"a":true,"b":false,"c":null,"d":"\ud83e\uded6"}]`:             `[{"a":true,"b":false,"c":null,"d":"\ud83e\uded6"}]`,
		`[{"a":1},{"a":2}]`: `[{"a":1},{"a":2}]`,
	} {
		if got, err := protocol.Rows("body", text); err != nil || got != want {
			t.Errorf("%s is %s, %v", text, got, err)
		}
	}
	for _, text := range []string{`[,]`, `[{"a":1},]`, `[{"a":1,}]`, `[{"a"}]`, `[{"a":}]`, `[{a:1}]`, `[{"a":1} {"a":1}]`, `[{"a":1]`, `[{]`, `[`, `[{"a":01}]`, `{}`, `null`} {
		if got, err := protocol.Rows("body", text); err == nil || err.Code != chat.Invalid || err.Field != "body" {
			t.Errorf("%s is %s, %v", text, got, err)
		}
	}
}

// What is taken is JSON, and is the same without its white space.
func FuzzRows(f *testing.F) {
	for name, raw := range fixtures(f, "client") {
		var c struct{ Body string }
		if err := json.Unmarshal(raw, &c); err == nil && strings.HasPrefix(name, "card") {
			f.Add(c.Body)
		}
	}
	f.Add(` [ {"a" : "\\\" x", "\u0062":-1.5e3}, { } ] `)
	f.Fuzz(func(t *testing.T, text string) {
		got, refusal := protocol.Rows("body", text)
		if refusal != nil || !utf8.ValidString(text) {
			return
		}
		var want bytes.Buffer
		if err := json.Compact(&want, []byte(text)); err != nil || got != want.String() {
			t.Fatalf("%q is %q, want %q (%v)", text, got, want.String(), err)
		}
		var rows []map[string]any
		if err := json.Unmarshal([]byte(got), &rows); err != nil || len(rows) == 0 || len(rows) > protocol.MaxRows {
			t.Fatalf("%q: %d rows, %v", text, len(rows), err)
		}
		columns := map[string]bool{}
		for _, row := range rows {
			for key, value := range row {
				columns[key] = true
				switch value.(type) {
				case map[string]any, []any:
					t.Fatalf("%q holds %v", text, value)
				}
			}
		}
		if len(columns) == 0 || len(columns) > protocol.MaxColumns {
			t.Fatalf("%q has the columns %v", text, columns)
		}
	})
}

func TestDecodeCard(t *testing.T) {
	t.Parallel()
	schema := definition(t, "NewCard")
	for name, raw := range fixtures(t, "http") {
		if !strings.HasPrefix(name, "NewCard") {
			continue
		}
		var want struct {
			ID   string
			Rows json.RawMessage
		}
		if err := json.Unmarshal(raw, &want); err != nil {
			t.Fatal(err)
		}
		var rows bytes.Buffer
		if err := json.Compact(&rows, want.Rows); err != nil {
			t.Fatal(err)
		}
		if got, err := protocol.DecodeCard(raw); err != nil || got.ID != want.ID || got.Rows != rows.String() {
			t.Errorf("%s is %+v, %v", name, got, err)
		}
	}
	for body, field := range map[string]string{
		`{}`: "rows", `{"rows":[]}`: "rows", `{"rows":[{"a":"\u0000"}]}`: "rows", `{"rows":[{"a":1}],"id":""}`: "id", `{"rows":[{"a":1}],"id":1}`: "id",
	} {
		if _, err := protocol.DecodeCard([]byte(body)); err == nil || err.Code != chat.Invalid || err.Field != field {
			t.Errorf("%s: %v", body, err)
		}
		if strings.Contains(body, "u0000") || strings.Contains(body, "[]") {
			continue // which the schema cannot say
		}
		if schema.Validate(parse(t, []byte(body))) == nil {
			t.Errorf("%s fits the schema", body)
		}
	}
	for _, body := range []string{``, `[]`, `{"rows":[{"a":1}]`, `{"rows":[{"a":1}],"rows":[{"a":1}]}`, "{\"rows\":[{\"a\":\"\xff\"}]}"} {
		if _, err := protocol.DecodeCard([]byte(body)); err == nil || err.Code != chat.BadJSON {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestBodiesOfListsAndCards(t *testing.T) {
	t.Parallel()
	item := chat.Event{ID: 7, Kind: chat.KindTodo, User: "u_1", Name: `A"da`, Body: `"milk" <b>`, At: 5, On: true, Room: "general", Seq: 3}
	page := chat.Page{Events: []chat.Event{item, item}, Head: 9, Epoch: "e"}
	for def, body := range map[string][]byte{
		"TodoList":   protocol.TodosBody("general", &page),
		"CardAnswer": protocol.PostedBody(&item),
	} {
		if err := definition(t, def).Validate(parse(t, body)); err != nil {
			t.Errorf("%s: %v in %s", def, err, body)
		}
	}
	const one = `{"id":"m_0000000000007","body":"\"milk\" <b>","user":{"id":"u_1","name":"A\"da"},"at":5}`
	if got := string(protocol.TodosBody("general", &page)); got != fmt.Sprintf(`{"room":"general","seq":9,"epoch":"e","items":[%s,%s]}`, one, one) {
		t.Error(got)
	}
	if got := string(protocol.TodosBody("tea", &chat.Page{Epoch: "e"})); got != `{"room":"tea","seq":0,"epoch":"e","items":[]}` {
		t.Error(got)
	}
	if got := string(protocol.PostedBody(&item)); got != `{"room":"general","seq":3,"message":"m_0000000000007","at":5}` {
		t.Error(got)
	}
}

func TestPlainTodos(t *testing.T) {
	t.Parallel()
	const end = "\n----------------------------------------"
	items := []chat.Event{{Body: "buy milk"}, {Body: `<b>&"'`}}
	for _, c := range []struct {
		items  []chat.Event
		markup bool
		want   string
	}{
		{nil, false, "Current Todos: \n" + end},
		{nil, true, "Current Todos: \n" + end},
		{items, false, "Current Todos: \n\n - buy milk\n\n - <b>&\"'\n" + end},
		{items, true, "Current Todos: \n\n - buy milk\n\n - &lt;b&gt;&amp;\"'\n" + end},
	} {
		if got := string(protocol.PlainTodos(c.items, c.markup)); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
