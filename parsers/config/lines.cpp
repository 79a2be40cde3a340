#include "parsers/config/lines.hpp"

#include <algorithm>

#include "parsers/bytes/text.hpp"

namespace rdpdx::config {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kBlock = std::size_t{64} * 1024;  // even, so that no unit of UTF-16 is cut
constexpr std::string_view kBlanks = " \t\r\0\xEF\xBB\xBF"sv;

}  // namespace

std::string_view trim(std::string_view text) noexcept {
    const auto begin = text.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r\0"sv) - begin + 1);
}

std::vector<std::string_view> words(std::string_view text, std::size_t most) {
    std::vector<std::string_view> out;
    for (text = trim(text); !text.empty(); text = trim(text)) {
        const auto end = out.size() + 1 == most ? text.size() : std::min(text.find_first_of(" \t"), text.size());
        out.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return out;
}

std::string_view Line::trimmed() const noexcept { return trim(text); }

LineReader::LineReader(bytes::Source& source) : source_{source}, block_(kBlock) {
    if (!fill()) return;
    std::size_t mark = 0;
    if (left_.starts_with("\xFF\xFE"sv)) {
        code_ = Code::utf16le;
        mark = 2;
    } else if (left_.starts_with("\xFE\xFF"sv)) {
        code_ = Code::utf16be;
        mark = 2;
    } else if (left_.starts_with("\xEF\xBB\xBF"sv)) {
        mark = 3;
    } else if (left_.size() > 3 && left_[0] != 0 && left_[1] == 0 && left_[2] != 0 && left_[3] == 0) {
        code_ = Code::utf16le;
    }
    left_.remove_prefix(mark);
    offset_ = mark;
}

bool LineReader::fill() {
    if (last_) return false;
    const std::size_t n = source_.read(block_);
    last_ = n < block_.size();
    left_ = bytes::text_of(bytes::View{block_}.first(n));
    return n > 0;
}

std::size_t LineReader::line_end() const noexcept {
    if (code_ == Code::bytes) {
        const auto at = left_.find('\n');
        return at == std::string_view::npos ? at : at + 1;
    }
    // What is left always begins with a whole unit.
    const std::size_t low = code_ == Code::utf16le ? 0 : 1;
    for (auto at = left_.find('\n'); at != std::string_view::npos; at = left_.find('\n', at + 1)) {
        if (at % 2 != low) continue;
        const std::size_t high = low == 0 ? at + 1 : at - 1;
        if (high < left_.size() && left_[high] == 0) return std::min(left_.size(), at - low + 2);
    }
    return std::string_view::npos;
}

void LineReader::put(Line& line, std::string& raw) {
    if (code_ == Code::bytes)
        line.text = bytes::valid_utf8(raw);
    else
        line.text = bytes::utf16_to_utf8(std::as_bytes(std::span{raw}), code_ == Code::utf16be);
    while (!line.text.empty() && (line.text.back() == '\n' || line.text.back() == '\r')) line.text.pop_back();
    line.number = ++number_;
}

bool LineReader::next(Line& line) {
    std::string raw;
    line.offset = offset_;
    bool any = false;
    while (!left_.empty() || fill()) {
        any = true;
        const auto end = line_end();
        const auto n = std::min(end, left_.size());
        raw += left_.substr(0, std::min(n, kMostLine - raw.size()));
        left_.remove_prefix(n);
        offset_ += n;
        if (end != std::string_view::npos) break;
    }
    if (any) put(line, raw);
    return any;
}

}  // namespace rdpdx::config
