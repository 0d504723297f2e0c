package mirror_test

import (
	"testing"

	"github.com/teahouse-chat/teahouse/backend/internal/chat"
	"github.com/teahouse-chat/teahouse/backend/internal/store/redistest"
)

// together finds a text in Redis whose deletion is in the log.
const together = `
for _, entry in ipairs(redis.call('XREVRANGE', 'teahouse:log:general', '+', '-', 'COUNT', 300)) do
	local event = cjson.decode(entry[2][2])
	if event.kind == 'delete' then
		local text = redis.call('HGET', 'teahouse:text:general', event.changes)
		if text then return 'event ' .. entry[1] .. ' deletes ' .. event.changes .. ', which is still ' .. text end
	end
end
return ''`

// Whenever a server is killed, what Redis holds goes together: a deletion that is
// in the log has taken its text, though all of it is just being written anew.
func TestWhatIsThereGoesTogether(t *testing.T) {
	t.Parallel()
	r := redistest.Start(t)
	s := start(t, options(r), t.TempDir())
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		s.editAndDelete(stop)
	}()
	for range 60 {
		r.Do("FLUSHALL")
		for wrong, n := "", 0; n < 20; n++ {
			if wrong = r.Do("EVAL", together, "0")[0]; wrong != "" {
				t.Error(wrong)
				break
			}
		}
		s.goesOn(20)
	}
	close(stop)
	<-done
}

// editAndDelete writes messages that are changed, and deleted with the very next
// commit, until stop.
func (s *server) editAndDelete(stop chan struct{}) {
	under := make(chan struct{}, 32) // way
	told := func(_ chat.Outcome, err error) {
		if err != nil {
			s.t.Error(err)
		}
	}
	for {
		select {
		case <-stop:
			for range cap(under) {
				under <- struct{}{}
			}
			return
		case under <- struct{}{}:
		}
		e := message("u_1", "a secret")
		s.InRoom(chat.General, func(tx chat.Tx) error { tx.Append(e); return nil }, func(o chat.Outcome, err error) {
			told(o, err)
			e := o.Event
			s.InRoom(chat.General, func(tx chat.Tx) error {
				tx.Append(about(chat.KindEdit, &e, "u_1", "another secret"))
				tx.Rewrite(e.Seq)
				s.InRoom(chat.General, func(tx chat.Tx) error {
					tx.Append(about(chat.KindDelete, &e, "u_1", ""))
					tx.Erase(e.Seq)
					return nil
				}, func(o chat.Outcome, err error) {
					told(o, err)
					<-under
				})
				return nil
			}, told)
		})
	}
}
