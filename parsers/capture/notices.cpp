#include "parsers/capture/notices.hpp"

#include <fmt/format.h>

#include <utility>

namespace rdpdx::capture {

void Notices::add(Notice notice) {
    if (kept_.size() < kMaxNotices) {
        kept_.push_back(std::move(notice));
        return;
    }
    if (++more_ == 1) kept_.push_back({notice.file_offset, {}, false});
    Notice& last = kept_.back();
    last.text = fmt::format("{} more notice{} like these, the first of them here", more_, more_ == 1 ? "" : "s");
    last.damaged = last.damaged || notice.damaged;
}

}  // namespace rdpdx::capture
