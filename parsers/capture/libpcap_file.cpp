// The only file that needs glibc: fopencookie makes a stream from functions. On a platform without it, this file would
// spool the source into std::tmpfile() and hand that on; nobody else would notice.
#include "parsers/capture/libpcap_file.hpp"

#include <algorithm>
#include <utility>

namespace rdpdx::capture {
namespace {

constexpr std::size_t kBuffer = 512 * 1024;

ssize_t read_cookie(void* cookie, char* into, std::size_t size) {
    auto& self = *static_cast<LibpcapFile*>(cookie);
    return static_cast<ssize_t>(self.read(std::as_writable_bytes(std::span{into, size})));
}

// Only the question "where are we", so that ftello tells the offset of each record.
int seek_cookie(void* cookie, off64_t* offset, int whence) {
    if (whence != SEEK_CUR || *offset != 0) return -1;
    *offset = static_cast<off64_t>(static_cast<LibpcapFile*>(cookie)->delivered());
    return 0;
}

}  // namespace

LibpcapFile::LibpcapFile(bytes::View head, bytes::Source& source) : head_{head}, source_{source}, buffer_(kBuffer) {
    file_ = fopencookie(this, "r", {.read = read_cookie, .write = nullptr, .seek = seek_cookie, .close = nullptr});
    if (file_) std::setvbuf(file_, buffer_.data(), _IOFBF, buffer_.size());
}

void LibpcapFile::rethrow() {
    if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
}

std::size_t LibpcapFile::read(std::span<std::byte> into) noexcept {
    const std::size_t wanted = into.size(), from_head = std::min(wanted, head_.size());
    std::copy_n(head_.begin(), from_head, into.begin());
    head_ = head_.subspan(from_head);
    into = into.subspan(from_head);
    std::size_t got = from_head;
    try {
        if (!into.empty() && !at_end_) got += source_.read(into);
    } catch (...) {
        thrown_ = std::current_exception();
    }
    at_end_ = got < wanted;
    delivered_ += got;
    return got;
}

}  // namespace rdpdx::capture
