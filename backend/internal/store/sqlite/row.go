package sqlite

import (
	"strings"
	"unsafe"

	"modernc.org/libc"
	"modernc.org/libc/sys/types"
	lib "modernc.org/sqlite/lib"
)

// row is one row of an answer; it holds until the next one is read.
type row struct {
	tls  *libc.TLS
	stmt uintptr
}

func (r row) int(i int) int64 {
	return lib.Xsqlite3_column_int64(r.tls, r.stmt, int32(i)) //nolint:gosec // a handful
}

func (r row) seq(i int) uint64 { return uint64(r.int(i)) } //nolint:gosec // never negative
func (r row) bool(i int) bool  { return r.int(i) != 0 }

func (r row) text(i int) string { return string(r.view(i)) }

// textLike is the same for a text that is likely to be this one.
func (r row) textLike(i int, likely string) string {
	v := r.view(i)
	if string(v) == likely {
		return likely
	}
	return string(v)
}

// texts is the same for two texts, in one piece of memory.
func (r row) texts(i, j int) (a, b string) {
	va, vb := r.view(i), r.view(j)
	var both strings.Builder
	both.Grow(len(va) + len(vb))
	both.Write(va)
	both.Write(vb)
	return both.String()[:len(va)], both.String()[len(va):]
}

func (r row) bytes(i int) []byte { return append([]byte(nil), r.view(i)...) }

// view is a column's text or blob in SQLite's own memory, until the next row.
func (r row) view(i int) []byte {
	p := lib.Xsqlite3_column_blob(r.tls, r.stmt, int32(i)) //nolint:gosec // a handful
	if p == 0 {
		return nil
	}
	n := lib.Xsqlite3_column_bytes(r.tls, r.stmt, int32(i)) //nolint:gosec // a handful
	return unsafe.Slice((*byte)(pointer(p)), n)             //nolint:gosec // SQLite says how long it is
}

const pointerSize = int(unsafe.Sizeof(uintptr(0)))

// pointer is an address that SQLite gave, in memory that Go does not manage.
func pointer(p uintptr) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(&p)) //nolint:gosec // not Go's memory, which may move
}

// load reads the address that stands at p.
func load(p uintptr) uintptr { return *(*uintptr)(pointer(p)) }

// buffer holds what is handed to SQLite, in memory that does not move while
// SQLite looks at it.
type buffer struct {
	start uintptr
	size  int
	used  int
}

// keep is the size above which a buffer is not kept for the next statement.
const keep = 64 << 10

// reset empties the buffer and makes room for n bytes.
func (b *buffer) reset(n int) {
	b.used = 0
	if n <= b.size && b.size <= keep {
		return
	}
	b.free()
	b.size = max(n, 4096)
	b.start = libc.Xmalloc(nil, types.Size_t(b.size)) //nolint:gosec // never negative
	if b.start == 0 {
		panic("out of memory")
	}
}

// put copies s and a zero behind it into the buffer, which has room for it.
func (b *buffer) put(s string) uintptr { return put(b, s) }

func put[T string | []byte](b *buffer, s T) uintptr {
	p := b.start + uintptr(b.used) //nolint:gosec // never negative
	if b.used += len(s) + 1; b.used > b.size {
		panic("the buffer is too small")
	}
	to := unsafe.Slice((*byte)(pointer(p)), len(s)+1) //nolint:gosec // our own memory
	copy(to, s)
	to[len(s)] = 0
	return p
}

func (b *buffer) free() {
	if b.start != 0 {
		libc.Xfree(nil, b.start)
	}
	*b = buffer{}
}
