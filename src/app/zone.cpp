#include "src/app/zone.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <ctime>
#include <fstream>

#include "src/app/console.hpp"

namespace rdpdx::app {
namespace {

using model::Time;
using model::Zone;
using std::chrono::minutes;

std::optional<unsigned> digits(std::string_view text) {
    if (text.size() != 2 || text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9') return {};
    return static_cast<unsigned>(text[0] - '0') * 10 + static_cast<unsigned>(text[1] - '0');
}

// "+02:00", "-0530", "+02". Nobody's clocks are further off than 14 hours; a day is more than enough.
std::optional<minutes> fixed_offset(std::string_view text) {
    if (text.size() < 3 || (text[0] != '+' && text[0] != '-')) return {};
    const auto hours = digits(text.substr(1, 2));
    std::string_view rest = text.substr(3);
    if (rest.starts_with(':')) rest.remove_prefix(1);
    const auto past = text.size() == 3 ? std::optional{0U} : digits(rest);
    if (!hours || !past || *hours > 23 || *past > 59) return {};
    const minutes out{*hours * 60 + *past};
    return text[0] == '-' ? -out : out;
}

// The C library takes any name and means UTC by what it does not know, so the file is asked for first.
bool in_database(const std::string& name) {
    constexpr std::string_view kAllowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+/";
    if (name.empty() || name.size() > 64 || name.front() == '/' ||
        name.find_first_not_of(kAllowed) != std::string::npos)
        return false;
    const char* folder = std::getenv("TZDIR");
    std::ifstream file{std::string{folder && *folder ? folder : "/usr/share/zoneinfo"} + "/" + name, std::ios::binary};
    std::array<char, 4> magic{};
    return file.read(magic.data(), magic.size()) && std::string_view{magic.data(), magic.size()} == "TZif";
}

Zone::Change change_at(Time time) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    const std::time_t given = seconds.time_since_epoch().count();
    std::tm local{};
    if (!localtime_r(&given, &local)) return {time, {}, {}};
    // Local mean times of long ago have seconds, which RFC 3339 cannot write.
    return {time, std::chrono::round<minutes>(std::chrono::seconds{local.tm_gmtoff}),
            local.tm_zone ? local.tm_zone : ""};
}

bool same(const Zone::Change& a, const Zone::Change& b) {
    return a.ahead == b.ahead && a.abbreviation == b.abbreviation;
}

// A day is looked at at both ends; where they differ, the second of the change is found between them.
std::vector<Zone::Change> changes_between(Time first, Time last) {
    constexpr auto kDay = std::chrono::hours{24};
    first = std::chrono::floor<std::chrono::seconds>(first);
    std::vector<Zone::Change> out{change_at(first)};
    for (Time day = first; day < last;) {
        const Time end = last - day > kDay ? day + kDay : last;
        if (!same(out.back(), change_at(end))) {
            Time before = day, after = std::chrono::ceil<std::chrono::seconds>(end);
            while (after - before > std::chrono::seconds{1}) {
                const Time middle = std::chrono::floor<std::chrono::seconds>(before + (after - before) / 2);
                (same(out.back(), change_at(middle)) ? before : after) = middle;
            }
            out.push_back(change_at(after));
        }
        day = end;
    }
    return out;
}

struct Span {
    std::optional<Time> first, last;
    void add(Time time) {
        if (!first || time < *first) first = time;
        if (!last || time > *last) last = time;
    }
};

Span span_of(const std::vector<model::Input>& inputs) {
    Span out;
    for (const auto& input : inputs) {
        if (input.first_time) out.add(*input.first_time);
        if (input.last_time) out.add(*input.last_time);
    }
    return out;
}

}  // namespace

std::optional<Zone> zone_named(const std::string& name, Time first, Time last) {
    if (name.empty() || name == "UTC" || name == "Z") return Zone{};
    if (const auto ahead = fixed_offset(name)) return Zone{"fixed offset", {{first, *ahead, {}}}};
    if (name != "local") {
        if (!in_database(name)) return {};
        setenv("TZ", name.c_str(), 1);
    }
    tzset();
    return Zone{name == "local" ? "local time" : name, changes_between(first, last)};
}

bool zone_is_known(const Options& options) {
    if (zone_named(options.tz, {}, {})) return true;
    complain(
        fmt::format("--tz takes UTC, local, an offset like +02:00 or a name like Europe/Berlin, not '{}'", options.tz));
    return false;
}

// Events go by one at a time, so their times are not known before. Windows has kept binary logs since 2006.
std::optional<Zone> zone_for(const std::string& name) {
    using namespace std::chrono;
    return zone_named(name, sys_days{year{2000} / 1 / 1}, sys_days{year{2050} / 1 / 1});
}

std::optional<Zone> zone_for(const std::string& name, const std::vector<model::Input>& inputs) {
    const Span span = span_of(inputs);
    return zone_named(name, span.first.value_or(Time{}), span.last.value_or(Time{}));
}

std::optional<Zone> zone_for(const std::string& name, const model::Report& report) {
    Span span = span_of(report.inputs);
    for (const auto& attempt : report.attempts) {
        span.add(attempt.started);
        span.add(attempt.ended);
        for (const auto& track : attempt.tracks)
            for (const auto& o : track.seen) span.add(track.corrected(o.time)), span.add(o.time);
    }
    return zone_named(name, span.first.value_or(Time{}), span.last.value_or(Time{}));
}

}  // namespace rdpdx::app
