package websocket_test

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

// join of byte strings.
func bytesOf(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// announced is the beginning of a text frame of n bytes.
func announced(n uint64) []byte {
	b := []byte{fin | opText, 0x80 | 127}
	for shift := 56; shift >= 0; shift -= 8 {
		b = append(b, byte(n>>shift))
	}
	return append(b, 1, 2, 3, 4)
}

func TestWhatAClientMustNotSend(t *testing.T) {
	tests := []struct {
		name string
		sent []byte
		code int
	}{
		{"unmasked", []byte{fin | opText, 2, 'h', 'i'}, websocket.CloseProtocol},
		{"opcode 3", masked(fin|0x3, []byte("x")), websocket.CloseProtocol},
		{"opcode 11", masked(fin|0xB, nil), websocket.CloseProtocol},
		{"RSV1", masked(fin|0x40|opText, []byte("x")), websocket.CloseProtocol},
		{"RSV2", masked(fin|0x20|opText, []byte("x")), websocket.CloseProtocol},
		{"RSV3", masked(fin|0x10|opText, []byte("x")), websocket.CloseProtocol},
		{"ping in parts", masked(opPing, []byte("x")), websocket.CloseProtocol},
		{"ping of 126 bytes", masked(fin|opPing, make([]byte, 126)), websocket.CloseProtocol},
		{"close of 126 bytes", masked(fin|opClose, make([]byte, 126)), websocket.CloseProtocol},
		{"continuation first", masked(fin|opContinuation, []byte("x")), websocket.CloseProtocol},
		{"text inside a message", bytesOf(masked(opText, []byte("a")), masked(fin|opText, []byte("b"))), websocket.CloseProtocol},
		{"close code 999", masked(fin|opClose, closing(999, "")), websocket.CloseProtocol},
		{"close code 1005", masked(fin|opClose, closing(1005, "")), websocket.CloseProtocol},
		{"close code 1006", masked(fin|opClose, closing(1006, "")), websocket.CloseProtocol},
		{"close code 5000", masked(fin|opClose, closing(5000, "")), websocket.CloseProtocol},
		{"close reason not UTF-8", masked(fin|opClose, closing(1000, "\xC3\x28")), websocket.CloseProtocol},
		{"half a close code", masked(fin|opClose, []byte{3}), websocket.CloseProtocol},
		{"not UTF-8", masked(fin|opText, []byte("\xC3\x28")), websocket.CloseInvalidText},
		{"a surrogate", masked(fin|opText, []byte("\xED\xA0\x80")), websocket.CloseInvalidText},
		{"overlong", masked(fin|opText, []byte("\xC0\xAF")), websocket.CloseInvalidText},
		{"beyond Unicode", masked(fin|opText, []byte("\xF4\x90\x80\x80")), websocket.CloseInvalidText},
		{"half a character", masked(fin|opText, []byte("tea \xE8\x8C")), websocket.CloseInvalidText},
		{"too big", masked(fin|opText, make([]byte, 256<<10+1)), websocket.CloseTooBig},
		{"too big in parts", bytesOf(masked(opText, make([]byte, 256<<10)), masked(fin|opContinuation, []byte("x"))), websocket.CloseTooBig},
		{"2^63-1 bytes", announced(1<<63 - 1), websocket.CloseTooBig},
		{"2^63 bytes", announced(1 << 63), websocket.CloseTooBig},
		{"2^64-1 bytes", announced(1<<64 - 1), websocket.CloseTooBig},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			both(t, websocket.Options{}, func(t *testing.T, w *world) {
				g := w.connect()
				g.say("before")
				// In the background: more may be sent than the sockets hold.
				sent := make(chan struct{})
				go func() {
					defer close(sent)
					_, _ = g.conn.Write(test.sent)
				}()
				code, _ := g.closeFrame()
				if code != test.code {
					t.Errorf("closed with %d, want %d", code, test.code)
				}
				g.expectEnd()
				_ = g.conn.Close()
				<-sent
				if got := <-g.heard.received; got != "before" {
					t.Errorf("received %q", got)
				}
				if end := <-g.heard.ended; end.code != test.code {
					t.Errorf("ended with %v, want %d", end, test.code)
				}
				if len(g.heard.received) != 0 {
					t.Errorf("received %q", <-g.heard.received)
				}
			})
		})
	}
}

func TestWhatAClientMaySend(t *testing.T) {
	poem := strings.Repeat("茶", 5000)
	ones := [][]byte{masked(opText, []byte(poem[:1]))}
	for i := 1; i < len(poem)-1; i++ {
		ones = append(ones, masked(opContinuation, []byte(poem[i:i+1])))
	}
	ones = append(ones, masked(fin|opContinuation, []byte(poem[len(poem)-1:])))
	tests := []struct {
		name string
		sent []byte
		want string
	}{
		{"nothing", masked(fin|opText, nil), ""},
		{"text", masked(fin|opText, []byte("tea")), "tea"},
		{"binary that is no UTF-8", masked(fin|opBinary, []byte("\xC3\x28")), "\xC3\x28"},
		{"the largest", masked(fin|opText, make([]byte, 256<<10)), strings.Repeat("\x00", 256<<10)},
		{"one byte a fragment", bytesOf(ones...), poem},
		{"empty fragments", bytesOf(masked(opText, nil), masked(opContinuation, nil), masked(fin|opContinuation, nil)), ""},
		{"a length longer than needed", []byte{fin | opText, 0x80 | 126, 0, 1, 0, 0, 0, 0, 'x'}, "x"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			both(t, websocket.Options{}, func(t *testing.T, w *world) {
				g := w.connect()
				g.raw(test.sent)
				if got := <-g.heard.received; got != test.want {
					t.Errorf("received %d bytes, want %d", len(got), len(test.want))
				}
				g.frame(fin|opPing, []byte("still there?"))
				g.expectFrame(opPong, "still there?")
			})
		})
	}
}

func TestPingsAreAnsweredBetweenFragments(t *testing.T) {
	both(t, websocket.Options{}, func(t *testing.T, w *world) {
		g := w.connect()
		g.frame(opText, []byte("once "))
		g.frame(fin|opPing, []byte("one"))
		g.expectFrame(opPong, "one")
		g.frame(opContinuation, []byte("upon "))
		g.frame(fin|opPing, bytes.Repeat([]byte("p"), 125))
		g.expectFrame(opPong, strings.Repeat("p", 125))
		g.frame(fin|opPong, []byte("nobody asked"))
		g.frame(fin|opContinuation, []byte("a time"))
		if got := <-g.heard.received; got != "once upon a time" {
			t.Errorf("received %q", got)
		}
	})
}

// The close frame must reach who is still busy sending too much.
func TestCloseFrameReachesWhoGoesOnSending(t *testing.T) {
	both(t, websocket.Options{ReadLimit: 64 << 10}, func(t *testing.T, w *world) {
		g := w.connect()
		g.raw(announced(4 * mebibyte))
		wrote := make(chan error, 1)
		go func() {
			_, err := g.conn.Write(make([]byte, 4*mebibyte))
			wrote <- err
		}()
		if err := <-wrote; err != nil {
			t.Errorf("the rest of the message: %v", err)
		}
		if code, _ := g.closeFrame(); code != websocket.CloseTooBig {
			t.Errorf("closed with %d", code)
		}
		_ = g.conn.Close()
		<-g.heard.ended
	})
}

// What is announced is not allocated.
func TestAnnouncedBytesAreNotHeld(t *testing.T) {
	inMemory(t, websocket.Options{}, func(t *testing.T, w *world) {
		const guests = 100
		var before, after runtime.MemStats
		all := make([]*guest, guests)
		for i := range all {
			all[i] = w.connect()
			all[i].say("hello")
			<-all[i].heard.received
		}
		runtime.GC()
		runtime.ReadMemStats(&before)
		for _, g := range all {
			g.raw(announced(200 << 10)[:14])
			g.raw([]byte("x"))
		}
		w.settle()
		runtime.GC()
		runtime.ReadMemStats(&after)
		if each := (int64(after.HeapAlloc) - int64(before.HeapAlloc)) / guests; each > 4<<10 {
			t.Errorf("%d bytes are held for each frame that stalls", each)
		}
	})
}

// Several messages, and what closes, in one segment.
func TestManyFramesAtOnce(t *testing.T) {
	for _, size := range []int{0, 1, 100, 900, 1000, 1010, 1018, 1019, 1020, 5000} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			both(t, websocket.Options{}, func(t *testing.T, w *world) {
				for _, half := range []bool{false, true} {
					g := w.connect()
					body, want := []byte(nil), 1005
					if half {
						body, want = []byte{0x81}, websocket.CloseProtocol
					}
					g.raw(bytesOf(
						masked(fin|opText, []byte("a")),
						masked(fin|opText, make([]byte, size)),
						masked(fin|opClose, body),
						masked(fin|opText, []byte("too late"))))
					if code, _ := g.closeFrame(); code != want {
						t.Errorf("closed with %d, want %d", code, want)
					}
					_ = g.conn.Close()
					if end := <-g.heard.ended; end.code != want {
						t.Errorf("ended with %v", end)
					}
					if a, b := <-g.heard.received, <-g.heard.received; a != "a" || len(b) != size || len(g.heard.received) != 0 {
						t.Error("received something else")
					}
				}
			})
		})
	}
}
