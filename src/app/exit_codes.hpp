// The contract, section 4.
#pragma once

#include <array>
#include <string_view>

namespace rdpdx::app {

enum ExitCode : int {
    kDone = 0,
    kFailedAttempt = 1,
    kUsage = 2,
    kNoInput = 3,
    kSomeInputBad = 4,
    kRuleWrong = 5,
    kNoOutput = 6,
    kInterrupted = 130
};

struct ExitMeaning {
    int code;
    std::string_view means;
};
inline constexpr std::array kExitMeanings{
    ExitMeaning{kDone, "done, whatever the verdict"},
    ExitMeaning{kFailedAttempt, "an attempt failed (with --exit-code)"},
    ExitMeaning{kUsage, "usage"},
    ExitMeaning{kNoInput, "no usable input"},
    ExitMeaning{kSomeInputBad, "done, but some input was damaged or skipped"},
    ExitMeaning{kRuleWrong, "a rule file is wrong"},
    ExitMeaning{kNoOutput, "output could not be written"},
    ExitMeaning{kInterrupted, "interrupted"},
};

}  // namespace rdpdx::app
