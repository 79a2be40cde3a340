// `sc query`, tables of Get-Service and of Win32_Service, and `qwinsta`.
#include <algorithm>
#include <charconv>
#include <utility>

#include "parsers/config/readers.hpp"

namespace rdpdx::config {
namespace {

std::string lower(std::string_view text) {
    std::string out{text};
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

// "        STATE              : 4  RUNNING": the number is the same in every language.
std::string_view state_of_number(std::string_view text) noexcept {
    constexpr std::string_view kStates[] = {"",        "stopped",          "start pending", "stop pending",
                                            "running", "continue pending", "pause pending", "paused"};
    int n = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
    return error == std::errc{} && n > 0 && n < 8 ? kStates[n] : std::string_view{};
}

// Where the words of a table's head stand is where its columns begin.
struct Columns {
    std::size_t name = std::string::npos, state = std::string::npos;
    std::size_t after_name = std::string::npos, after_state = std::string::npos;

    explicit operator bool() const noexcept { return name != std::string::npos && state != std::string::npos; }
    static Columns of(std::string_view head) {
        Columns out;
        for (std::size_t at = head.find_first_not_of(' '); at < head.size();) {
            const auto end = std::min(head.find(' ', at), head.size());
            const auto next = std::min(head.find_first_not_of(' ', end), head.size());
            const std::string_view word = head.substr(at, end - at);
            if (word == "Name") {
                out.name = at;
                out.after_name = next;
            }
            if (word == "State" || word == "Status") {
                out.state = at;
                out.after_state = next;
            }
            at = next;
        }
        return out;
    }
    static std::string_view cell(std::string_view line, std::size_t begin, std::size_t end) noexcept {
        return begin < line.size() ? trim(line.substr(begin, end - begin)) : std::string_view{};
    }
};

}  // namespace

void read_services(LineReader& lines, const Sink& sink) {
    Line line;
    Service now;
    Columns columns;
    while (lines.next(line)) {
        const std::string_view text = line.trimmed();
        constexpr std::string_view kName = "SERVICE_NAME:";
        if (text.starts_with(kName)) {
            now = {place(line), std::string{trim(text.substr(kName.size()))}, {}};
        } else if (!now.name.empty() && text.find(" : ") != std::string_view::npos) {
            // TYPE comes first, STATE second; only the latter's number is followed by one of its words.
            const bool state = text.starts_with("STATE") || text.starts_with("STATUS") || text.starts_with("ETAT");
            const auto name = state_of_number(trim(text.substr(text.find(" : ") + 3)));
            if (!state || name.empty()) continue;
            now.state = name;
            sink(std::exchange(now, {}));
        } else if (const auto head = Columns::of(line.text); head && !columns) {
            columns = head;
        } else if (columns && !text.empty() && !text.starts_with('-')) {
            const auto name = Columns::cell(line.text, columns.name, columns.after_name);
            const auto state = Columns::cell(line.text, columns.state, columns.after_state);
            if (!name.empty() && !state.empty()) sink(Service{place(line), std::string{name}, lower(state)});
        }
    }
}

void read_sessions(LineReader& lines, const Sink& sink) {
    constexpr std::size_t kListenerIds = 65536;  // a listener is no session, and its number lies behind all of them
    Line line, last;
    while (lines.next(line)) {
        last = line;
        auto w = words(line.text);
        if (!w.empty() && w[0].starts_with('>')) w[0].remove_prefix(1);
        if (w.size() < 3) continue;
        std::size_t id = 0;
        const auto [end, error] = std::from_chars(w[1].data(), w[1].data() + w[1].size(), id);
        if (error == std::errc{} && end == w[1].data() + w[1].size() && id >= kListenerIds)
            sink(Listener{place(line), lower(w[0]), std::string{w[2]}});
    }
    if (last.number > 0) sink(SessionsEnd{place(last)});
}

}  // namespace rdpdx::config
