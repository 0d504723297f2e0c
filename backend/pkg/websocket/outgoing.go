package websocket

import "sync"

const keptBuffer = 64 << 10 // bytes of a private buffer that are kept for the next client that needs one; a page of a log fits

// buffers are what private frames wait in. A client has one only while there
// are such.
var buffers = sync.Pool{New: func() any { return new(buffer) }}

type buffer struct{ b []byte }

// free gives the buffer back. Nobody may use it any more.
func (b *buffer) free() {
	if b == nil || cap(b.b) > keptBuffer {
		return
	}
	b.b = b.b[:0]
	buffers.Put(b)
}

// outgoing are the finished frames for one client alone.
type outgoing struct{ buf *buffer }

func (o *outgoing) size() int {
	if o.buf == nil {
		return 0
	}
	return len(o.buf.b)
}

func (o *outgoing) open() *buffer {
	if o.buf == nil {
		o.buf, _ = buffers.Get().(*buffer)
	}
	return o.buf
}

// frame adds a frame.
func (o *outgoing) frame(opcode int, body []byte) {
	b := o.open()
	b.b = appendFrame(b.b, opcode, body)
}

// close adds a close frame.
func (o *outgoing) close(code int, reason string) {
	b := o.open()
	b.b = appendClose(b.b, code, reason)
}

// finished adds what is ready to be sent as it is.
func (o *outgoing) finished(p []byte) {
	if len(p) > 0 {
		b := o.open()
		b.b = append(b.b, p...)
	}
}

// take hands the frames over to who sends them.
func (o *outgoing) take() *buffer {
	b := o.buf
	o.buf = nil
	return b
}
