#include "parsers/evtx/log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <new>
#include <utility>

#include "parsers/evtx/checksum.hpp"
#include "parsers/evtx/little.hpp"

namespace rdpdx::evtx {
namespace {

constexpr std::string_view kFileMagic{"ElfFile\0", 8}, kChunkMagic{"ElfChnk\0", 8}, kRecordSignature{"\x2A\x2A\0\0", 4};
constexpr std::align_val_t kPage{4096};

bool text_at(bytes::View in, std::size_t at, std::string_view text) noexcept {
    return fits(in, at, text.size()) && bytes::text_of(in.subspan(at, text.size())) == text;
}

// Where text stands first in [from, to), or `to`.
std::size_t find_text(bytes::View in, std::size_t from, std::size_t to, std::string_view text) noexcept {
    const auto found = bytes::text_of(in.first(to)).find(text, from);
    return found == std::string_view::npos ? to : found;
}

// Where a chunk or a record may begin that goes on beyond the end.
std::size_t undecided(bytes::View all, std::size_t from) noexcept {
    const std::size_t near = std::max(from, all.size() - std::min(all.size(), kChunkSize));
    const std::size_t record = find_text(all, near, all.size(), kRecordSignature);
    return std::min(record, std::max(near, all.size() - kChunkMagic.size()));
}

}  // namespace

bytes::Parsed<FileHeader> parse_file_header(bytes::Cursor& in) {
    FileHeader h;
    const auto at = in.position();
    if (bytes::text_of(in.take(8, "signature")) != kFileMagic)
        in.fail({bytes::Problem::bad_value, "signature", at, 0, 0});
    h.firstChunkNumber = in.u64le("firstChunkNumber");
    h.lastChunkNumber = in.u64le("lastChunkNumber");
    h.nextRecordIdentifier = in.u64le("nextRecordIdentifier");
    h.headerSize = in.u32le("headerSize");
    h.minorVersion = in.u16le("minorVersion");
    h.majorVersion = in.u16le("majorVersion");
    h.headerBlockSize = in.u16le("headerBlockSize");
    h.numberOfChunks = in.u16le("numberOfChunks");
    in.skip(76, "unknown");
    h.flags = in.u32le("flags");
    h.checksum = in.u32le("checksum");
    if (in.error()) return *in.error();
    return h;
}

std::vector<std::string> notes_of(const FileHeader& header) {
    std::vector<std::string> out;
    if (header.dirty()) out.emplace_back("the log was not closed properly, so counts in its headers may be old");
    if (header.full()) out.emplace_back("the log was full, so later events may be missing");
    return out;
}

bool is_evtx(bytes::View head) noexcept {
    return text_at(head, 0, kFileMagic) || text_at(head, kFileHeaderBlock, kChunkMagic);
}

// ELF_LOGFILE_HEADER_SIGNATURE behind the header's size, which is 0x30.
bool is_legacy_evt(bytes::View head) noexcept { return u32_at(head, 0) == 0x30 && text_at(head, 4, "LfLe"); }

Batch::Batch() : memory_{new (kPage) std::byte[kBytes]} {}
void Batch::Free::operator()(std::byte* p) const noexcept { ::operator delete[](p, kPage); }

LogReader::LogReader(bytes::Source& source, Recover recover) : source_{&source}, recover_{recover} {}

std::vector<Notice> LogReader::take_notices() { return std::exchange(notices_, {}); }

bool LogReader::next(Batch& batch) {
    batch.chunks_.clear();
    while (!ended_ && batch.chunks_.empty())
        if (recover_ == Recover::carve ? !next_carved(batch) : !next_regular(batch)) break;
    return !batch.chunks_.empty();
}

std::size_t LogReader::fill(Batch& batch, std::size_t from) {
    const std::size_t got = source_->read({batch.memory_.get() + from, Batch::kBytes - from});
    ended_ = got < Batch::kBytes - from;
    return from + got;
}

void LogReader::read_header(Batch& batch) {
    begun_ = true;
    const std::size_t got = source_->read({batch.memory_.get(), kFileHeaderBlock});
    ended_ = got < kFileHeaderBlock;
    const bytes::View block{batch.memory_.get(), got};
    bytes::Cursor in{block};
    if (const auto header = parse_file_header(in)) {
        header_ = *header;
        if ((header_->flags & kFlagNoChecksums) == 0 && crc32(block.first(120)) != header_->checksum)
            notices_.push_back({124, 0, "the checksum of the file header does not match"});
    } else if (recover_ != Recover::carve || header.error().field != "signature") {
        // Carving asks of no file to be a log.
        notices_.push_back({0, 0, "the file header cannot be read: " + bytes::describe(header.error())});
    }
    offset_ = got;
    if (ended_) judge_end();
}

// What the header counts and the file has not.
void LogReader::judge_end() {
    if (!header_ || chunk_ >= header_->numberOfChunks) return;
    notices_.push_back({offset_, chunk_,
                        fmt::format("the file ends here, with {} of the {} chunks that its header counts", chunk_,
                                    header_->numberOfChunks)});
}

bool LogReader::next_regular(Batch& batch) {
    if (!begun_) read_header(batch);
    if (ended_) return false;
    const bytes::View all{batch.memory_.get(), fill(batch, 0)};
    std::size_t at = 0;
    for (; at < all.size(); at += kChunkSize, ++chunk_) {
        const bytes::View bytes = all.subspan(at, std::min(kChunkSize, all.size() - at));
        if (bytes.size() < kChunkSize && !has_chunk_magic(bytes)) {
            notices_.push_back(
                {offset_ + at, chunk_, fmt::format("{} bytes after the last chunk are no chunk", bytes.size())});
            break;
        }
        batch.chunks_.push_back(
            {bytes, offset_ + at, chunk_, false, false, header_ && chunk_ < header_->numberOfChunks});
        if (bytes.size() < kChunkSize)
            notices_.push_back({offset_ + all.size(), chunk_,
                                fmt::format("the file ends within a chunk, after {} of its bytes", bytes.size())});
    }
    offset_ += all.size();
    if (ended_) judge_end();
    return !all.empty();
}

// A batch begins with what the one before could not decide upon, at most a chunk.
bool LogReader::next_carved(Batch& batch) {
    if (!begun_) {
        read_header(batch);
        // The header block may just as well be the first bytes of something else.
        carried_.assign(batch.memory_.get(), batch.memory_.get() + offset_);
        offset_ = 0;
    }
    std::ranges::copy(carried_, batch.memory_.get());
    const std::size_t size = ended_ ? carried_.size() : fill(batch, carried_.size());
    const std::size_t done = carve(batch, size, ended_);
    const std::byte* const memory = batch.memory_.get();
    carried_.assign(memory + done, memory + size);
    offset_ += done;
    return !ended_;
}

// Returns how many bytes were dealt with; all of them at the end.
std::size_t LogReader::carve(Batch& batch, std::size_t size, bool last) {
    const bytes::View all{batch.memory_.get(), size};
    std::size_t at = 0;
    while (at < size) {
        const std::size_t magic = find_text(all, at, size, kChunkMagic);
        const std::size_t cut = last || magic != size ? magic : undecided(all, at);
        if (cut > at) loose(batch, at, cut);
        at = cut;
        if (magic == size || (!last && size - at < kChunkSize)) return at;
        std::size_t end = std::min(size, at + kChunkSize);
        end = find_text(all, at + 8, end, kChunkMagic);  // this chunk was overwritten by the next
        const bool regular = header_ && (offset_ + at) % kChunkSize == kFileHeaderBlock;
        batch.chunks_.push_back({all.subspan(at, end - at), offset_ + at, chunk_++, !regular, false, false});
        at = end;
    }
    return at;
}

void LogReader::loose(Batch& batch, std::size_t begin, std::size_t end) {
    const bytes::View bytes = bytes::View{batch.memory_.get(), Batch::kBytes}.subspan(begin, end - begin);
    if (bytes::text_of(bytes).find(kRecordSignature) == std::string_view::npos) return;
    batch.chunks_.push_back({bytes, offset_ + begin, chunk_, true, true, false});
}

}  // namespace rdpdx::evtx
