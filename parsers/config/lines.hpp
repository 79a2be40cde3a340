// Text files of Windows' own tools, line by line: UTF-16 with or without its byte order mark, UTF-8, or a code page.
#pragma once

#include <string>
#include <vector>

#include "parsers/bytes/source.hpp"

namespace rdpdx::config {

struct Line {
    std::string text;        // UTF-8, without its end; bytes of a code page that are no UTF-8 are U+FFFD
    std::uint64_t number{};  // from 1
    std::uint64_t offset{};  // of its first byte in the file
    std::string_view trimmed() const noexcept;
};

class LineReader {
public:
    static constexpr std::size_t kMostLine = std::size_t{64} * 1024;  // bytes; what is behind is left out

    explicit LineReader(bytes::Source& source);  // which must outlive this
    bool next(Line& line);

private:
    bool fill();
    std::size_t line_end()
        const noexcept;  // in what is left of the block, behind the line feed; npos where it has none
    void put(Line& line, std::string& raw);

    bytes::Source& source_;
    std::vector<std::byte> block_;
    std::string_view left_;  // of the block
    std::uint64_t offset_{}, number_{};
    enum class Code : std::uint8_t { bytes, utf16le, utf16be } code_{};
    bool last_{};
};

std::string_view trim(std::string_view text) noexcept;
// Words between blanks, at most `most`; the last one holds the rest.
std::vector<std::string_view> words(std::string_view text, std::size_t most = 32);

}  // namespace rdpdx::config
