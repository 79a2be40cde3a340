#include "src/app/console.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <cstdlib>
#include <mutex>

#include "src/report/text_safety.hpp"

namespace rdpdx::app {
namespace {

constexpr std::size_t kWidth = 80, kNarrowest = 20, kWidest = 120;

bool terminal(int descriptor) { return isatty(descriptor) == 1; }

std::size_t terminal_width() {
    const char* columns = std::getenv("COLUMNS");
    const std::string_view said = columns ? columns : "";
    std::size_t wanted = 0;
    if (std::from_chars(said.data(), said.data() + said.size(), wanted).ec == std::errc{} && wanted > 0)
        return std::clamp(wanted, kNarrowest, kWidest);
    winsize size{};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kWidth;
    return std::min<std::size_t>(size.ws_col, kWidest);
}

}  // namespace

void complain(std::string_view text) { fmt::print(stderr, "rdpdx: {}\n", report::terminal_safe(text)); }

report::TextStyle style_for(const Options& options) {
    const bool to_terminal = options.output.empty() && terminal(STDOUT_FILENO);
    const char* no_color = std::getenv("NO_COLOR");
    report::TextStyle style;
    style.width = options.width ? options.width : to_terminal ? terminal_width() : kWidth;
    style.colour =
        options.color == When::always || (options.color == When::automatic && to_terminal && !(no_color && *no_color));
    return style;
}

Ticker::Ticker(const Options& options, std::function<std::string()> line) {
    if (options.quiet || options.progress == When::never || !terminal(STDERR_FILENO)) return;
    thread_ = std::jthread{[line = std::move(line)](const std::stop_token& stop) {
        std::mutex mutex;
        std::condition_variable_any wake;
        std::unique_lock lock{mutex};
        bool shown = false;
        auto wait = std::chrono::milliseconds{1000};
        while (!wake.wait_for(lock, stop, wait, [] { return false; }) && !stop.stop_requested()) {
            fmt::print(stderr, "\r{:60}", line());
            shown = true;
            wait = std::chrono::milliseconds{200};
        }
        if (shown) fmt::print(stderr, "\r{:60}\r", "");
    }};
}

Progress::Progress(const Options& options, std::size_t inputs)
    : inputs_{inputs}, ticker_{options, [this] {
                                   return fmt::format("reading: {} of {} inputs, {} MB", done_.load(), inputs_,
                                                      bytes_.load() / 1'000'000);
                               }} {}

}  // namespace rdpdx::app
