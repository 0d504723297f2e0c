package websocket_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/teahouse-chat/teahouse/backend/pkg/websocket"
)

const (
	mebibyte    = 1 << 20
	smallBuffer = 16 << 10  // of sockets that are to be full soon
	someBuffer  = 256 << 10 // of sockets that are to be full at times
)

// numbered is a message of about 1 KiB that tells its position.
func numbered(n int) websocket.Message {
	return text(fmt.Sprintf("%08d%s", n, strings.Repeat("x", 1000)))
}

// readNumbered reads the messages from first to last.
func (p *peer) readNumbered(first, last int) error {
	for n := first; n <= last; n++ {
		got, err := p.text()
		if err != nil {
			return fmt.Errorf("waiting for %d: %w", n, err)
		}
		if want := fmt.Sprintf("%08d", n); !strings.HasPrefix(got, want) {
			return fmt.Errorf("got %.8s, want %s", got, want)
		}
	}
	return nil
}

func TestStalledReaderLagsAndNobodyElseNotices(t *testing.T) {
	both(t, websocket.Options{}, func(t *testing.T, w *world) {
		const messages = 12_000 // of 1 KiB; the window is 1 MiB
		stalled, reading := w.connectWith(smallBuffer, newRecorder()), w.connect()
		w.join(stalled, "room")
		w.join(reading, "room")
		read := make(chan error)
		go func() { read <- reading.readNumbered(1, messages) }()

		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		for n := range messages {
			w.pool.Broadcast("room", uint64(n+1), numbered(n+1))
		}
		if err := <-read; err != nil {
			t.Error(err)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		// Four windows, and what is on its way to the one who stalls.
		if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 6*mebibyte {
			t.Errorf("%d bytes are held for who does not read", grown)
		}
		select {
		case topic := <-reading.heard.lags:
			t.Errorf("the one who reads lost %s", topic)
		default:
		}

		// It reads again: what the sockets held, without a gap, and then Lag.
		lag := make(chan string, 1)
		go func() {
			topic := <-stalled.heard.lags
			if err := stalled.client.Send(text("resync " + topic)); err != nil {
				t.Error(err)
			}
			lag <- topic
		}()
		for n := 1; ; n++ {
			got, err := stalled.text()
			if err != nil {
				t.Fatal(err)
			}
			if got == "resync room" {
				break
			}
			if want := fmt.Sprintf("%08d", n); !strings.HasPrefix(got, want) {
				t.Fatalf("got %.8s, want %s", got, want)
			}
		}
		<-lag

		// It has lost the topic, and nothing else.
		w.join(stalled, "room")
		w.pool.Broadcast("room", messages+1, numbered(messages+1))
		if err := stalled.readNumbered(messages+1, messages+1); err != nil {
			t.Error(err)
		}
	})
}

// What a publisher waits for who is stalled, it waits once.
func TestPublisherIsHeldUpOnceAtMost(t *testing.T) {
	inMemory(t, websocket.Options{}, func(t *testing.T, w *world) {
		for range 50 {
			w.join(w.connect(), "room")
		}
		begin := time.Now()
		for n := range 8_000 {
			w.pool.Broadcast("room", uint64(n+1), numbered(n+1))
		}
		if took := time.Since(begin); took > 150*time.Millisecond {
			t.Errorf("50 stalled members held the publisher up for %v", took)
		}
	})
}

func TestWhoReadsNeverLags(t *testing.T) {
	both(t, websocket.Options{}, func(t *testing.T, w *world) {
		const members, messages = 4, 8_000
		read := make(chan error)
		for range members {
			g := w.connectWith(someBuffer, newRecorder())
			w.join(g, "room")
			go func() { read <- g.readNumbered(1, messages) }()
		}
		for n := range messages {
			w.pool.Broadcast("room", uint64(n+1), numbered(n+1))
		}
		for range members {
			if err := <-read; err != nil {
				t.Error(err)
			}
		}
	})
}

// Messages larger than a quarter of the window are no exception.
func TestLargeMessagesDoNotLag(t *testing.T) {
	both(t, websocket.Options{}, func(t *testing.T, w *world) {
		const messages = 100
		g := w.connect()
		w.join(g, "room")
		body := strings.Repeat("x", 300<<10)
		read := make(chan error)
		go func() {
			for range messages {
				if got, err := g.text(); err != nil || len(got) != len(body) {
					read <- fmt.Errorf("%d bytes (%w)", len(got), err)
					return
				}
			}
			read <- nil
		}()
		for range messages {
			w.pool.Broadcast("room", 0, text(body))
		}
		if err := <-read; err != nil {
			t.Error(err)
		}
	})
}

// A lossy place skips in silence, and goes on with what is new.
func TestLossyTopicSkips(t *testing.T) {
	both(t, websocket.Options{}, func(t *testing.T, w *world) {
		const messages = 8_000
		g := w.connectWith(smallBuffer, newRecorder())
		w.pool.Subscribe(g.client, "typing", true)
		w.pool.FollowNow(g.client, "typing")
		for n := range messages {
			w.pool.Broadcast("typing", 0, numbered(n+1))
		}
		last, skipped := 0, 0
		for more := messages + 1; last < messages; {
			got, err := g.text()
			if err != nil {
				t.Fatal(err)
			}
			var n int
			if _, err := fmt.Sscanf(got, "%08d", &n); err != nil {
				t.Fatal(err)
			}
			if n <= last {
				t.Fatalf("%d came after %d", n, last)
			}
			skipped += n - last - 1
			last = n
			w.pool.Broadcast("typing", 0, numbered(more)) // it reads again: this arrives
			more++
		}
		if skipped == 0 {
			t.Error("nothing was skipped")
		}
		select {
		case <-g.heard.lags:
			t.Error("a lossy place lags")
		default:
		}
	})
}

func TestOfferDropsForWhoDoesNotRead(t *testing.T) {
	both(t, websocket.Options{}, func(t *testing.T, w *world) {
		g := w.connectWith(smallBuffer, newRecorder())
		taken := 0
		for n := 0; g.client.Offer(numbered(n + 1)); n++ {
			taken++
			if taken > 64<<10 {
				t.Fatal("64 MiB were taken")
			}
		}
		if err := g.readNumbered(1, taken); err != nil {
			t.Fatal(err)
		}
		if err := g.client.Drained(); err != nil {
			t.Fatal(err)
		}
		if !g.client.Offer(numbered(1)) {
			t.Error("who has read everything is refused")
		}
		if err := g.readNumbered(1, 1); err != nil {
			t.Fatal(err)
		}
	})
}

func TestDrainedWaitsForTheSocket(t *testing.T) {
	both(t, websocket.Options{}, func(t *testing.T, w *world) {
		g := w.connectWith(smallBuffer, newRecorder())
		const pages = 64
		sent := make(chan error, 1)
		behind := make(chan int, pages)
		go func() {
			for n := range pages {
				if err := g.client.Send(text(strings.Repeat("x", 256<<10))); err != nil {
					sent <- err
					return
				}
				if err := g.client.Drained(); err != nil {
					sent <- err
					return
				}
				behind <- n
			}
			sent <- nil
		}()
		for n := range pages {
			if ahead := len(behind); ahead > 48 { // of 64 pages of 256 KiB
				t.Fatalf("%d pages were sent when %d had been read", ahead, n)
			}
			if _, err := g.text(); err != nil {
				t.Fatal(err)
			}
			select {
			case <-behind:
			default:
			}
		}
		if err := <-sent; err != nil {
			t.Error(err)
		}
	})
}

// Who asks and does not read the answers is not listened to any more; the
// others are.
func TestReadingPausesForWhoDoesNotReadAnswers(t *testing.T) {
	both(t, websocket.Options{}, func(t *testing.T, w *world) {
		r := newRecorder()
		asked := 0
		r.receive = func(string) {
			asked++
			_ = r.client.Send(text(strings.Repeat("x", 64<<10))) // in vain once it is closed
		}
		g := w.connectWith(smallBuffer, r)
		const questions = 20_000
		wrote := make(chan error, 1)
		go func() {
			_, err := g.conn.Write([]byte(strings.Repeat(string(masked(fin|opText, []byte("?"))), questions)))
			wrote <- err
		}()
		for range questions / 100 {
			if _, err := g.text(); err != nil {
				t.Fatal(err)
			}
		}
		g.client.Close(websocket.ClosePolicy, "enough")
		g.closeFrame()
		_ = g.conn.Close()
		<-wrote //nolint:errcheck // the sockets may have held them all
		<-r.ended
		// 200 answers were read. The sockets hold some more, the client 256 KiB.
		if asked > questions/100+400 {
			t.Errorf("%d questions were listened to", asked)
		}
	})
}

// A new place waits until the loss of the old one has been told.
func TestLagIsToldBeforeANewPlace(t *testing.T) {
	both(t, websocket.Options{}, func(t *testing.T, w *world) {
		r := &slowToTell{recorder: newRecorder(), may: make(chan struct{})}
		g := w.handshake(0)
		r.client = g.client
		g.client.Start(r)
		w.join(g, "room")
		w.pool.Broadcast("room", 1, text("1"))
		g.expect("1")
		w.pool.Broadcast("room", 5, text("5"))
		<-r.lags
		joined := make(chan struct{})
		go func() {
			defer close(joined)
			w.pool.Subscribe(g.client, "room", false)
			if err := g.client.Send(text("ok")); err != nil {
				t.Error(err)
			}
			w.pool.Follow(g.client, "room", 5)
			w.pool.Broadcast("room", 6, text("6"))
		}()
		close(r.may)
		g.expect("resync", "ok", "6")
		<-joined
	})
}

type slowToTell struct {
	*recorder
	may chan struct{}
}

func (s *slowToTell) Lag(topic string, _ uint64) {
	s.lags <- topic
	<-s.may
	_ = s.client.Send(text("resync"))
}
