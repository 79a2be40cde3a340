// Notes about inputs that others have to know again.
#pragma once

#include <string_view>

namespace rdpdx::model {

// How a note of Input::notes begins that holds words of whoever captured.
inline constexpr std::string_view kCaptureComment = "Comment of the capture: ";

}  // namespace rdpdx::model
