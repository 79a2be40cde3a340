// Standard error and the terminal: notes, progress, colour. Results never go through here.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

#include "src/app/options.hpp"
#include "src/report/render.hpp"

namespace rdpdx::app {

// "rdpdx: text", made safe for a terminal.
void complain(std::string_view text);

// How results look on standard output; plain where they go to a file.
report::TextStyle style_for(const Options& options);

// Shows a line that changes, on a terminal only and after a second of work. Ends with its line taken away.
class Ticker {
public:
    Ticker(const Options& options, std::function<std::string()> line);

private:
    std::jthread thread_;
};

// How far the reading is.
class Progress {
public:
    Progress(const Options& options, std::size_t inputs);
    void add_bytes(std::uint64_t n) noexcept { bytes_ += n; }
    void input_done() noexcept { ++done_; }

private:
    std::size_t inputs_;
    std::atomic<std::uint64_t> bytes_{0};
    std::atomic<std::size_t> done_{0};
    Ticker ticker_;
};

}  // namespace rdpdx::app
