package chat_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/teahouse-chat/teahouse/backend/internal/broker/memory"
	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/store/sqlite"
)

// TestDigestStays: digests are compared with those in existing databases.
func TestDigestStays(t *testing.T) {
	t.Parallel()
	store, err := sqlite.Open(t.TempDir(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}()
	s := chat.New(store, memory.New(), &clock{now: time.Now()}, chat.Limits{Body: 100_000})
	parent := ""
	for i, body := range []string{"hello", string(make([]byte, 50_000)) + "x", "", "again"} {
		c := chat.SendCommand{ID: fmt.Sprint(i), Room: chat.General, Body: body + "!", Parent: parent}
		e, err := wait(func(answer func(chat.Event, error)) {
			s.Send(chat.User{ID: "u_1", Name: "Ada", Role: chat.Guest}, c, answer)
		})
		if err != nil {
			t.Fatal(err)
		}
		mac := hmac.New(sha256.New, store.DigestKey())
		for _, part := range []string{"send", "general", body + "!", parent, ""} {
			var n [8]byte
			binary.LittleEndian.PutUint64(n[:], uint64(len(part)))
			mac.Write(n[:])
			mac.Write([]byte(part))
		}
		if want := chat.Digest(mac.Sum(nil)); e.Digest != want {
			t.Errorf("the digest of message %d is %x, want %x", i, e.Digest, want)
		}
		parent = e.ID.String()
	}
}

// BenchmarkSend is a message from the command to the answer, on a real file.
func BenchmarkSend(b *testing.B) {
	for _, inFlight := range []int{1, 32, 1000} {
		b.Run(fmt.Sprintf("inflight=%d", inFlight), func(b *testing.B) {
			store, err := sqlite.Open(b.TempDir(), slog.New(slog.DiscardHandler))
			if err != nil {
				b.Fatal(err)
			}
			defer func() {
				if err := store.Close(); err != nil {
					b.Error(err)
				}
			}()
			broker := memory.New()
			var published sync.WaitGroup
			published.Add(b.N)
			broker.Listen(func(chat.Event) { published.Done() })
			s := chat.New(store, broker, &clock{now: time.Now()}, chat.Limits{Body: 32768})
			by := chat.User{ID: "u_hzcpyerepb60nz6k", Name: "Ada", Role: chat.Guest, Stored: true}
			ids := make([]string, b.N)
			for i := range ids {
				ids[i] = fmt.Sprintf("%08x-5f0c-4c1e-9a51-%012x", uint32(i)*2654435761, i)
			}
			body := fmt.Sprintf("%128d", 1)
			var wg sync.WaitGroup
			wg.Add(b.N)
			tokens := make(chan struct{}, inFlight)
			answer := func(_ chat.Event, err error) {
				if err != nil {
					b.Error(err)
				}
				<-tokens
				wg.Done()
			}
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				tokens <- struct{}{}
				s.Send(by, chat.SendCommand{ID: ids[i], Room: chat.General, Body: body}, answer)
			}
			wg.Wait()
			published.Wait()
		})
	}
}
