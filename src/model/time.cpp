#include "src/model/time.hpp"

#include <fmt/format.h>

namespace rdpdx::model {
namespace {

struct Civil {
    std::chrono::year_month_day date;
    std::int64_t hour, minute, second, nanos;
};

// By whole seconds first: a day's beginning in nanoseconds may lie before what a Time can hold.
Civil civil(Time time) {
    using namespace std::chrono;
    constexpr std::int64_t kSecond = 1'000'000'000;
    const std::int64_t all = time.time_since_epoch().count();
    const std::int64_t before = all % kSecond < 0 ? 1 : 0;
    const sys_seconds whole{seconds{all / kSecond - before}};
    const auto day = floor<days>(whole);
    const std::int64_t within = (whole - day).count();
    return {year_month_day{day}, within / 3600, within / 60 % 60, within % 60, all % kSecond + before * kSecond};
}

}  // namespace

std::string to_rfc3339(Time time, Precision precision) {
    const Civil c = civil(time);
    const auto digits = static_cast<int>(precision);
    std::int64_t fraction = c.nanos;
    for (int i = digits; i < 9; ++i) fraction /= 10;
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:0{}}Z", static_cast<int>(c.date.year()),
                       static_cast<unsigned>(c.date.month()), static_cast<unsigned>(c.date.day()), c.hour, c.minute,
                       c.second, fraction, digits);
}

std::string to_clock(Time time) {
    const Civil c = civil(time);
    return fmt::format("{:02}:{:02}:{:02}.{:03}", c.hour, c.minute, c.second, c.nanos / 1'000'000);
}

std::string to_text(Duration span) {
    const double seconds = std::chrono::duration<double>(span).count();
    const double size = seconds < 0 ? -seconds : seconds;
    const char* sign = seconds < 0 ? "-" : "";
    if (size < 0.001) return fmt::format("{}{:.0f} \u00b5s", sign, size * 1e6);
    if (size < 1) return fmt::format("{}{:.0f} ms", sign, size * 1e3);
    if (size < 60) return fmt::format("{}{:.2f} s", sign, size);
    const auto whole = static_cast<std::int64_t>(size);
    if (whole < 3600) return fmt::format("{}{} min {} s", sign, whole / 60, whole % 60);
    return fmt::format("{}{} h {} min", sign, whole / 3600, whole / 60 % 60);
}

}  // namespace rdpdx::model
