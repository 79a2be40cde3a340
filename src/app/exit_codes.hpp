// The contract, section 4.
#pragma once

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

}  // namespace rdpdx::app
