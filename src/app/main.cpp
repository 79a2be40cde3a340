#include <fmt/format.h>

#include <array>
#include <exception>

#include "src/app/commands.hpp"
#include "src/app/console.hpp"
#include "src/app/exit_codes.hpp"
#include "src/app/help.hpp"

namespace {

using namespace rdpdx::app;

struct Run {
    std::string_view name;
    int (*run)(const Options&);
};
constexpr std::array kRuns{Run{"analyze", analyze}, Run{"timeline", analyze}, Run{"inspect", inspect},
                           Run{"flows", flows},     Run{"events", events},    Run{"explain", explain},
                           Run{"rules", rules},     Run{"batch", batch},      Run{"completion", completion}};

int run(const std::vector<std::string>& arguments) {
    const auto parsed = parse_options(arguments);
    if (const auto* wrong = std::get_if<UsageError>(&parsed)) {
        complain(wrong->text);
        fmt::print(
            stderr, "{}\n",
            wrong->command.empty() ? "'rdpdx help' tells more." : "'rdpdx help " + wrong->command + "' tells more.");
        return kUsage;
    }
    const Options& options = std::get<Options>(parsed);
    if (options.version) return print(options, "rdpdx " RDPDX_VERSION "\n");
    if (options.help) return print(options, help_text(options.command));
    for (const Run& r : kRuns)
        if (r.name == options.command) return r.run(options);
    return kUsage;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc));
    } catch (const std::exception& error) {
        complain(fmt::format("stopped: {}", error.what()));
        return kNoOutput;
    }
}
