// Where results go, and in which format each file is written.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rdpdx::app {

struct Target {
    std::string path;  // empty: standard output
    std::string format;
};

// One target a file, or standard output where there is none. A format that was asked for is that of every file; else
// the end of a file's name tells, as far as the command has that format; else it is the first of `formats`, which are
// separated by blanks.
std::vector<Target> targets_of(std::string_view formats, const std::string& asked,
                               const std::vector<std::string>& files);

}  // namespace rdpdx::app
