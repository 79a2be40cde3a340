#include "src/app/archive_reader.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>
#include <vector>

#include "parsers/bytes/text.hpp"

namespace rdpdx::app {
namespace {

constexpr std::size_t kBlock = std::size_t{256} * 1024;
constexpr std::size_t kLongestName = 1024;
constexpr int kMostRetries = 16;

struct Free {
    void operator()(archive* a) const noexcept { archive_read_free(a); }
};

void support(archive* a, analysis::Archive kind) {
    using analysis::Archive;
    if (kind == Archive::zip) archive_read_support_format_zip(a);
    if (kind == Archive::seven_zip) archive_read_support_format_7zip(a);
    if (kind == Archive::cabinet) archive_read_support_format_cab(a);
    if (kind == Archive::tar || kind == Archive::compressed) archive_read_support_format_tar(a);
    if (kind != Archive::compressed) return;
    archive_read_support_filter_gzip(a);
    archive_read_support_filter_bzip2(a);
    archive_read_support_filter_xz(a);
    archive_read_support_filter_zstd(a);
    archive_read_support_format_raw(a);
    archive_read_support_format_empty(a);
}

std::string name_of(archive_entry* entry) {
    const char* name = archive_entry_pathname_utf8(entry);
    if (!name) name = archive_entry_pathname(entry);
    std::string out = name ? name : "";
    if (out.size() > kLongestName) out = out.substr(0, kLongestName) + "...";
    return bytes::valid_utf8(out);
}

ArchiveMember::What what_of(archive_entry* entry) {
    if (archive_entry_hardlink(entry) || archive_entry_filetype(entry) == AE_IFLNK) return ArchiveMember::What::link;
    if (archive_entry_filetype(entry) == AE_IFDIR) return ArchiveMember::What::folder;
    // Where an archive does not say, it is a file.
    const bool file = archive_entry_filetype(entry) == AE_IFREG || archive_entry_filetype(entry) == 0;
    return file ? ArchiveMember::What::file : ArchiveMember::What::other;
}

}  // namespace

struct ArchiveReader::State {
    std::unique_ptr<archive, Free> handle;
    Slice bytes;
    GoOn go_on;
    std::uint64_t at{};  // in `bytes`
    std::vector<std::byte> buffer = std::vector<std::byte>(kBlock);
    bool raw{}, dead{};
    std::string problem;
    std::uint64_t position{};  // in the member
    std::uint64_t hole{};      // zeros that are due before `block`
    bytes::View block;
    int retries{};

    // Zeros from where the member stands to `offset`; false where there is nothing between.
    bool hole_at(la_int64_t offset) {
        const auto to = static_cast<std::uint64_t>(std::max<la_int64_t>(offset, 0));
        hole = to > position ? to - position : 0;
        position += hole;
        return hole > 0;
    }
    void note(bool fatal) {
        const char* text = archive_error_string(handle.get());
        if (problem.empty()) problem = bytes::valid_utf8(text ? text : "unreadable");
        dead = dead || fatal;
    }
    // Whether what was asked for is there all the same.
    bool take(int result) {
        if (result == ARCHIVE_OK) return true;
        if (result == ARCHIVE_RETRY && ++retries > kMostRetries) result = ARCHIVE_FATAL;
        note(result == ARCHIVE_FATAL);
        return result == ARCHIVE_WARN;
    }

    static la_ssize_t read(archive* a, void* self, const void** to) {
        auto& state = *static_cast<State*>(self);
        if (!state.go_on()) {
            archive_set_error(a, EIO, "stopped");
            return ARCHIVE_FATAL;
        }
        const auto got = state.bytes.read_at(state.at, state.buffer);
        if (!got) {
            archive_set_error(a, EIO, "the disk could not be read");
            return ARCHIVE_FATAL;
        }
        state.at += *got;
        *to = state.buffer.data();
        return static_cast<la_ssize_t>(*got);
    }
    static la_int64_t seek(archive*, void* self, la_int64_t offset, int whence) {
        auto& state = *static_cast<State*>(self);
        const auto size = static_cast<la_int64_t>(state.bytes.size);
        la_int64_t base = whence == SEEK_END ? size : 0;
        if (whence == SEEK_CUR) base = static_cast<la_int64_t>(state.at);
        if (offset < -base || offset > size - base) return ARCHIVE_FATAL;
        state.at = static_cast<std::uint64_t>(base + offset);
        return base + offset;
    }
    static la_int64_t skip(archive*, void* self, la_int64_t wanted) {
        auto& state = *static_cast<State*>(self);
        const std::uint64_t left = state.bytes.size - std::min(state.at, state.bytes.size);
        const auto n = std::min(left, static_cast<std::uint64_t>(std::max<la_int64_t>(wanted, 0)));
        state.at += n;
        return static_cast<la_int64_t>(n);
    }
};

ArchiveReader::ArchiveReader(Slice bytes, analysis::Archive kind, GoOn go_on, const std::vector<std::string>& passwords)
    : state_{std::make_unique<State>()} {
    state_->bytes = std::move(bytes);
    state_->go_on = std::move(go_on);
    state_->handle.reset(archive_read_new());
    archive* a = state_->handle.get();
    support(a, kind);
    for (const std::string& password : passwords) archive_read_add_passphrase(a, password.c_str());
    archive_read_set_read_callback(a, State::read);
    archive_read_set_seek_callback(a, State::seek);
    archive_read_set_skip_callback(a, State::skip);
    archive_read_set_callback_data(a, state_.get());
    if (archive_read_open1(a) != ARCHIVE_OK) state_->note(true);
}

ArchiveReader::~ArchiveReader() = default;

std::optional<ArchiveMember> ArchiveReader::next() {
    state_->position = state_->hole = 0;
    state_->block = {};
    while (!state_->dead) {
        archive_entry* entry = nullptr;
        const int result = archive_read_next_header(state_->handle.get(), &entry);
        if (result == ARCHIVE_EOF) return {};
        if (result == ARCHIVE_WARN || state_->take(result)) {  // a warning is about names that are not UTF-8
            const bool raw = archive_format(state_->handle.get()) == ARCHIVE_FORMAT_RAW;
            return ArchiveMember{raw ? std::string{} : name_of(entry), what_of(entry),
                                 archive_entry_is_encrypted(entry) != 0};
        }
    }
    return {};
}

std::optional<bytes::View> ArchiveReader::read() {
    static constexpr std::array<std::byte, std::size_t{64} * 1024> kZeros{};
    while (!state_->dead) {
        if (state_->hole > 0) {
            const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(state_->hole, kZeros.size()));
            state_->hole -= n;
            return bytes::View{kZeros}.first(n);
        }
        if (!state_->block.empty()) return std::exchange(state_->block, {});
        const void* data = nullptr;
        std::size_t size = 0;
        la_int64_t offset = static_cast<la_int64_t>(state_->position);
        const int result = archive_read_data_block(state_->handle.get(), &data, &size, &offset);
        // A sparse member of a tar archive may end with a hole, and only its end's place tells.
        if (result == ARCHIVE_EOF && !state_->hole_at(offset)) return {};
        if (result == ARCHIVE_EOF) continue;
        // A warning, say of a wrong checksum, comes with the member's last bytes.
        if (!state_->take(result)) {
            if (result == ARCHIVE_RETRY) continue;
            return {};
        }
        if (data && size > 0) {
            state_->hole_at(offset);
            state_->position += size;
            state_->block = {static_cast<const std::byte*>(data), size};
        } else if (result == ARCHIVE_WARN) {
            return {};
        } else if (!state_->go_on()) {
            return {};
        }
    }
    return {};
}

std::string ArchiveReader::problem() { return std::exchange(state_->problem, {}); }

}  // namespace rdpdx::app
