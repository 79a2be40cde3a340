#include "src/app/key_logs.hpp"

#include <fmt/format.h>

#include <span>
#include <string>

namespace rdpdx::app {
namespace {

constexpr std::size_t kLargest = std::size_t{64} << 20;
constexpr std::size_t kHead = 4096;

tls::KeyLog log_of(bytes::Source& source, bool& whole) {
    constexpr std::size_t kPiece = std::size_t{256} << 10;
    std::vector<std::byte> text;
    for (std::size_t got = kPiece; got == kPiece && text.size() < kLargest;) {
        const std::size_t before = text.size();
        text.resize(before + kPiece);
        got = source.read(std::span{text}.subspan(before));
        text.resize(before + got);
    }
    whole = text.size() < kLargest;
    tls::KeyLog out;
    out.add(text);
    return out;
}

}  // namespace

std::size_t take_key_logs(const std::vector<FoundFile>& files, tls::Secrets& secrets) {
    std::size_t captures = 0;
    for (const FoundFile& file : files) {
        std::error_code error;
        // A pipe cannot be read twice.
        if (!file.content && !std::filesystem::is_regular_file(file.path, error)) {
            captures += std::filesystem::exists(file.path, error);
            continue;
        }
        try {
            FileSource source{file, FileSource::Hash::no};
            const auto what = analysis::recognise(source.peek(kHead));
            captures += what.kind == analysis::Kind::pcap || what.kind == analysis::Kind::pcapng;
            if (!what.key_log) continue;
            bool whole = false;
            secrets.key_log.merge(log_of(source, whole));
        } catch (const FileError&) {  // whoever reads the inputs says so
        }
    }
    return captures;
}

analysis::Reading read_key_log(bytes::Source& source) {
    analysis::Reading out;
    bool whole = false;
    const tls::KeyLog log = log_of(source, whole);
    out.key_log = true;
    out.input.items = log.secrets();
    out.input.notes.push_back(
        fmt::format("Its {} secrets are used to open TLS. Think of that before you pass it on.", log.secrets()));
    if (log.malformed() > 0)
        out.input.notes.push_back(fmt::format("{} lines are no secrets, the first is line {}.", log.malformed(),
                                              log.bad_lines().front().line));
    if (!whole) out.input.notes.push_back(fmt::format("Only its first {} MB were read.", kLargest >> 20));
    if (log.malformed() > 0 || !whole) out.input.status = model::InputStatus::damaged;
    return out;
}

}  // namespace rdpdx::app
