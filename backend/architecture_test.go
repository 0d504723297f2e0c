package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/teahouse-chat/teahouse/backend"

// knows is who may know whom: for each folder, the packages of ours and the
// foreign ones that its files may import beside the standard library. It is
// the table of ARCHITECTURE.md.
var knows = map[string][]string{
	"pkg/websocket":            {"github.com/gorilla/websocket"},
	"internal/chat":            {},
	"internal/limit":           {},
	"internal/protocol":        {"internal/chat"},
	"internal/auth":            {},
	"internal/gateway":         {"internal/auth", "internal/chat", "internal/limit", "internal/protocol", "pkg/websocket"},
	"internal/rest":            {"internal/auth", "internal/chat", "internal/limit", "internal/protocol", "github.com/rs/cors"},
	"internal/broker/memory":   {"internal/chat"},
	"internal/store/sqlite":    {"internal/chat", "modernc.org/sqlite", "modernc.org/libc", "golang.org/x/sys"},
	"internal/store/storetest": {"internal/chat"},
	"internal/store/mirror":    {"internal/chat", "internal/store/sqlite", "github.com/redis/rueidis"},
	"internal/store/redistest": {},
	"internal/config":          {"github.com/joho/godotenv", "github.com/caarlos0/env"},
	"internal/webui":           {},
}

// never are standard packages that a folder must do without.
var never = map[string][]string{
	"pkg/websocket":         {"encoding/json", "database/sql"},
	"internal/chat":         {"net/http", "encoding/json", "database/sql", "net", "os"},
	"internal/protocol":     {"net/http", "database/sql"},
	"internal/gateway":      {"database/sql", "encoding/json", "os"},
	"internal/rest":         {"database/sql", "encoding/json", "os"},
	"internal/auth":         {"database/sql", "encoding/json"},
	"internal/store/sqlite": {"net/http", "encoding/json"},
}

// lines are calls that know their room: they stand in these folders alone.
var lines = map[string][]string{
	"os.Getenv":    {"internal/config"},
	"os.LookupEnv": {"internal/config"},
	"os.Environ":   {"internal/config"},
	"http.Error":   {},
	"time.Sleep":   {},
}

// timeless folders ask a clock.
var timeless = []string{"internal/chat", "internal/protocol"}

// source calls f for each file of ours that is no test.
func source(t *testing.T, f func(folder, path string, file *ast.File)) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		f(filepath.ToSlash(filepath.Dir(path)), path, file)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestImportsFlowOneWay(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	source(t, func(folder, path string, file *ast.File) {
		if folder == "." {
			return // main knows everyone
		}
		allowed, listed := knows[folder]
		if !listed {
			t.Errorf("%s: the folder is in no row of the table", path)
			return
		}
		seen[folder] = true
		for _, spec := range file.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			name = strings.TrimPrefix(name, module+"/")
			foreign := strings.Contains(strings.SplitN(name, "/", 2)[0], ".") || strings.HasPrefix(name, "internal/") || strings.HasPrefix(name, "pkg/")
			if foreign && !within(name, allowed) {
				t.Errorf("%s must not import %s", path, name)
			}
			for _, n := range never[folder] {
				if name == n {
					t.Errorf("%s must do without %s", path, name)
				}
			}
		}
	})
	for folder := range knows {
		if !seen[folder] {
			t.Errorf("%s is in the table and holds no code", folder)
		}
	}
}

func within(name string, allowed []string) bool {
	for _, a := range allowed {
		if name == a || strings.HasPrefix(name, a+"/") {
			return true
		}
	}
	return false
}

func TestLinesKnowTheirRoom(t *testing.T) {
	t.Parallel()
	source(t, func(folder, path string, file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			pkg, ok := sel.X.(*ast.Ident)
			if !ok {
				return true
			}
			call := pkg.Name + "." + sel.Sel.Name
			if rooms, named := lines[call]; named && !within(folder, rooms) {
				t.Errorf("%s: %s does not belong here", path, call)
			}
			if call == "time.Now" && within(folder, timeless) {
				t.Errorf("%s: %s; ask the clock", path, call)
			}
			return true
		})
	})
}
