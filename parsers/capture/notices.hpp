// What a reader has to say about its file, in bounded number.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "parsers/capture/reader.hpp"

namespace rdpdx::capture {

inline constexpr std::size_t kMaxNotices = 50;

// Keeps the first notices; what comes after those is only counted, in one last notice.
class Notices {
public:
    void damage(std::uint64_t file_offset, std::string text) { add({file_offset, std::move(text), true}); }
    void remark(std::uint64_t file_offset, std::string text) { add({file_offset, std::move(text), false}); }
    const std::vector<Notice>& all() const noexcept { return kept_; }

private:
    void add(Notice notice);
    std::vector<Notice> kept_;
    std::uint64_t more_{};
};

}  // namespace rdpdx::capture
