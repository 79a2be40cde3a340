#include "src/app/slice.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace rdpdx::app {
namespace fs = std::filesystem;

std::string reason(int error) {
    std::string text = std::strerror(error);
    if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z' && (text.size() < 2 || text[1] < 'A' || text[1] > 'Z'))
        text[0] = static_cast<char>(text[0] + 32);
    return text;
}

OpenFile::~OpenFile() { ::close(descriptor_); }

std::optional<std::size_t> Slice::read_at(std::uint64_t at, std::span<std::byte> into) const {
    if (at >= size) return 0;
    into = into.first(static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), size - at)));
    std::size_t done = 0;
    while (done < into.size()) {
        const auto got =
            ::pread(file->descriptor(), into.data() + done, into.size() - done, static_cast<off_t>(begin + at + done));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return {};
        if (got == 0) break;
        done += static_cast<std::size_t>(got);
    }
    return done;
}

Slice whole_file(const fs::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) throw FileError{reason(errno)};
    Slice out{std::make_shared<const OpenFile>(descriptor), 0, 0};
    struct stat status {};
    if (::fstat(descriptor, &status) != 0) throw FileError{reason(errno)};
    out.size = static_cast<std::uint64_t>(status.st_size);
    return out;
}

Spool::Spool() {
    std::string name = (fs::temp_directory_path() / "rdpdx-XXXXXX").string();
    const int descriptor = ::mkostemp(name.data(), O_CLOEXEC);
    if (descriptor < 0) throw FileError{"no temporary file can be made: " + reason(errno)};
    file_ = std::make_shared<const OpenFile>(descriptor);
    ::unlink(name.c_str());
}

void Spool::append(bytes::View bytes) {
    while (!bytes.empty()) {
        const auto done = ::pwrite(file_->descriptor(), bytes.data(), bytes.size(), static_cast<off_t>(size_));
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) throw FileError{"the temporary file cannot grow: " + reason(errno)};
        size_ += static_cast<std::uint64_t>(done);
        bytes = bytes.subspan(static_cast<std::size_t>(done));
    }
}

}  // namespace rdpdx::app
