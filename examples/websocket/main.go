// A client of /websocket in Go: prints what was said and is being said, and says
// what it reads, a line at a time.
//
// Run: cd examples/websocket && go run . -name Ada
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"time"

	"github.com/gorilla/websocket"
)

// said is a message as /websocket has it, both ways.
type said struct {
	Username string `json:"username"`
	Text     string `json:"text"`
}

func main() {
	log.SetFlags(0)
	server := flag.String("server", "ws://127.0.0.1:8080", "where Teahouse is")
	name := flag.String("name", "", "who says it; empty: the name that the server gives")
	flag.Parse()
	if err := talk(*server+"/websocket", *name, os.Stdin, os.Stdout); err != nil {
		log.Fatal(err)
	}
}

// talk goes on until in ends or the server closes.
func talk(address, name string, in io.Reader, out io.Writer) error {
	conn, response, err := websocket.DefaultDialer.Dial(address, nil)
	if err != nil {
		return fmt.Errorf("connect to %s: %w", address, err)
	}
	defer func() { _, _ = response.Body.Close(), conn.Close() }()

	heard, spoken := make(chan error, 1), make(chan error, 1)
	go func() { heard <- listen(conn, out) }()
	go func() { spoken <- say(conn, name, in) }()
	select {
	case err := <-heard:
		return err
	case err := <-spoken:
		if err != nil {
			return err
		}
	}
	bye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	if err := conn.WriteControl(websocket.CloseMessage, bye, time.Now().Add(time.Second)); err != nil {
		return fmt.Errorf("say goodbye: %w", err)
	}
	return <-heard
}

// listen prints what comes until the connection is closed.
func listen(conn *websocket.Conn, out io.Writer) error {
	for {
		var message said
		err := conn.ReadJSON(&message)
		if websocket.IsCloseError(err, websocket.CloseNormalClosure) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read: %w", err)
		}
		if _, err := fmt.Fprintf(out, "%s: %s\n", message.Username, message.Text); err != nil {
			return fmt.Errorf("print: %w", err)
		}
	}
}

// say sends each line of in.
func say(conn *websocket.Conn, name string, in io.Reader) error {
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		if err := conn.WriteJSON(said{name, lines.Text()}); err != nil {
			return fmt.Errorf("say: %w", err)
		}
	}
	return lines.Err()
}
