#include "parsers/config/config.hpp"

#include <algorithm>
#include <utility>

#include "parsers/config/readers.hpp"

namespace rdpdx::config {
namespace {

constexpr std::size_t kHead = 16384;

bool is_services_table(std::string_view head, std::string_view below) {
    const auto has = [](std::string_view text, std::string_view word) {
        return (std::string{" "} + std::string{text} + " ").find(word) != std::string::npos;
    };
    return below.starts_with("--") && has(head, " Name ") && has(head, " DisplayName ") &&
           (has(head, " State ") || has(head, " Status "));
}

// What stands in a text's first lines, each of which may be any form's.
struct Seen {
    int sockets{}, dots{}, rights{}, keys{};
    bool adapter{}, certificate{}, fingerprint{}, store_end{}, store{}, values{}, service{}, sessions{};
    std::string before;  // the last line that was not empty

    void line(const Line& line) {
        const std::string_view text = line.trimmed();
        if (text.empty()) return;
        sockets += is_socket_line(text);
        dots += dotted(line.text).has_value();
        adapter = adapter || (line.text.front() != ' ' && text.ends_with(':') && dots > 0);
        rights += is_access_line(text);
        certificate = certificate || is_certificate_head(text);
        fingerprint = fingerprint || text.find("(sha1):") != std::string_view::npos;
        store_end = store_end || is_store_end(text);
        keys += text.starts_with("HKEY_");
        values = values || text.find("    REG_") != std::string_view::npos;
        service = service || text.starts_with("SERVICE_NAME: ") || is_services_table(before, text);
        // `quser` has the same columns in another order, and no listeners.
        sessions = sessions || (text.starts_with("SESSIONNAME") && text.find("STATE") != std::string_view::npos);
        before = text;
    }
    Form form() const noexcept {
        if ((certificate && fingerprint) || store_end) return Form::certificates;
        if (keys > 0 && (values || keys > 1)) return Form::reg_query;
        if (sockets > 1) return Form::sockets;
        if (rights > 1) return Form::access;
        if (sessions) return Form::sessions;
        if (service) return Form::services;
        if (dots > 2 && adapter) return Form::addresses;
        return Form::none;
    }
};

}  // namespace

Form recognise(bytes::View head) {
    constexpr std::size_t kLines = 200;
    const std::string_view raw = bytes::text_of(head);
    // Something binary: a text of one byte a character holds no zeros, one of two no two in a row.
    constexpr std::string_view kZeros{"\0\0\0", 3};
    if (raw.find(kZeros) != std::string_view::npos) return Form::none;
    bytes::MemorySource source{head};
    LineReader lines{source};
    Line line;
    Seen seen;
    bool first = true;
    for (std::size_t n = 0; n < kLines && lines.next(line); ++n) {
        const std::string_view text = line.trimmed();
        if (text.empty()) continue;
        if (std::exchange(first, false) && (text == "REGEDIT4" || text.starts_with("Windows Registry Editor Version ")))
            return Form::reg_export;
        seen.line(line);
    }
    return seen.form();
}

std::string_view title(Form form) noexcept {
    switch (form) {
        case Form::reg_export:
            return "registry export";
        case Form::reg_query:
            return "registry query";
        case Form::certificates:
            return "certificate store listing";
        case Form::access:
            return "access rights listing";
        case Form::sockets:
            return "socket listing (netstat)";
        case Form::addresses:
            return "address listing (ipconfig)";
        case Form::sessions:
            return "session listing (qwinsta)";
        case Form::services:
            return "service listing";
        case Form::none:
            break;
    }
    return {};
}

namespace {

// What was looked at, and then the rest.
class Rejoined final : public bytes::Source {
public:
    Rejoined(bytes::View head, bytes::Source& rest) : head_{head}, rest_{rest} {}
    std::size_t read(std::span<std::byte> into) override {
        const std::size_t n = head_.read(into);
        return n == into.size() ? n : n + rest_.read(into.subspan(n));
    }

private:
    bytes::MemorySource head_;
    bytes::Source& rest_;
};

void read(LineReader& lines, Form form, const Sink& sink) {
    switch (form) {
        case Form::reg_export:
            return read_reg_export(lines, sink);
        case Form::reg_query:
            return read_reg_query(lines, sink);
        case Form::certificates:
            return read_certificates(lines, sink);
        case Form::access:
            return read_access(lines, sink);
        case Form::sockets:
            return read_sockets(lines, sink);
        case Form::addresses:
            return read_addresses(lines, sink);
        case Form::sessions:
            return read_sessions(lines, sink);
        case Form::services:
            return read_services(lines, sink);
        case Form::none:
            return;
    }
}

}  // namespace

Form read(bytes::Source& source, const Sink& sink) {
    std::vector<std::byte> head(kHead);
    head.resize(source.read(head));
    const Form form = recognise(head);
    Rejoined whole{head, source};
    LineReader lines{whole};
    read(lines, form, sink);
    return form;
}

}  // namespace rdpdx::config
