package websocket

import (
	"encoding/binary"
	"unicode/utf8"

	gws "github.com/gorilla/websocket"
)

// The kinds of Message.
const (
	TextMessage   = gws.TextMessage
	BinaryMessage = gws.BinaryMessage
)

// Close codes, with what the other side should do next.
const (
	CloseNormal       = gws.CloseNormalClosure           // nothing
	CloseGoingAway    = gws.CloseGoingAway               // reconnect later
	CloseProtocol     = gws.CloseProtocolError           // mend the client
	CloseUnsupported  = gws.CloseUnsupportedData         // send text
	CloseInvalidText  = gws.CloseInvalidFramePayloadData // send UTF-8
	ClosePolicy       = gws.ClosePolicyViolation         // do not come back as before
	CloseTooBig       = gws.CloseMessageTooBig           // send less at once
	CloseRestart      = gws.CloseServiceRestart          // reconnect after the hinted delay
	CloseTryLater     = gws.CloseTryAgainLater           // reconnect much later
	closeNoStatus     = gws.CloseNoStatusReceived        // what a close without a code counts as
	closeAbnormal     = gws.CloseAbnormalClosure         // what a connection that just ended counts as
	maxControlPayload = 125                              // bytes, RFC 6455 section 5.5
)

// Message is one WebSocket message.
type Message struct {
	Type int // TextMessage or BinaryMessage
	Body []byte
}

// Text makes a text message.
func Text(body []byte) Message { return Message{Type: TextMessage, Body: body} }

const (
	finBit         = 0x80
	maskBit        = 0x80
	maxFrameHeader = 10 // bytes, of a server's unmasked frame
)

// appendFrame appends a finished, unmasked, unfragmented frame (RFC 6455
// section 5.2) with this opcode to dst.
func appendFrame(dst []byte, opcode int, body []byte) []byte {
	dst = append(dst, finBit|byte(opcode)) //nolint:gosec // an opcode has four bits
	switch n := len(body); {
	case n <= 125:
		dst = append(dst, byte(n))
	case n <= 0xFFFF:
		dst = append(dst, 126)
		dst = binary.BigEndian.AppendUint16(dst, uint16(n))
	default:
		dst = append(dst, 127)
		dst = binary.BigEndian.AppendUint64(dst, uint64(n))
	}
	return append(dst, body...)
}

// appendClose appends a close frame. The reason is cut to what a control frame
// can hold.
func appendClose(dst []byte, code int, reason string) []byte {
	if code == closeNoStatus {
		return appendFrame(dst, gws.CloseMessage, nil)
	}
	if len(reason) > maxControlPayload-2 {
		end := maxControlPayload - 2
		for end > 0 && !utf8.RuneStart(reason[end]) {
			end-- // half a character is no UTF-8, and that is what a reason must be
		}
		reason = reason[:end]
	}
	return appendFrame(dst, gws.CloseMessage, gws.FormatCloseMessage(code, reason))
}
