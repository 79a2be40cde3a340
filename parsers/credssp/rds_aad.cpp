#include "parsers/credssp/rds_aad.hpp"

#include <charconv>

namespace rdpdx::credssp {
namespace {

using bytes::Cursor;

char next(const Cursor& in) {
    const auto head = bytes::text_of(in.peek(1));
    return head.empty() ? '\0' : head.front();
}
char take(Cursor& in, std::string_view field) { return static_cast<char>(in.u8(field)); }
bool blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
void skip_blanks(Cursor& in) {
    while (in.remaining() > 0 && blank(next(in))) in.u8("blank");
}
void expect(Cursor& in, char wanted, std::string_view field) {
    skip_blanks(in);
    const auto at = in.position();
    if (take(in, field) != wanted) in.fail({bytes::Problem::bad_value, field, at, 0, 0});
}

// What stands between the quotes, escapes as written.
bytes::View quoted(Cursor& in, std::string_view field) {
    expect(in, '"', field);
    Cursor ahead = in;
    std::size_t n = 0;
    for (char c = take(ahead, field); !ahead.error() && c != '"'; c = take(ahead, field), ++n) {
        if (c != '\\') continue;
        ahead.u8(field);
        ++n;
    }
    if (ahead.error()) in.fail(*ahead.error());
    const bytes::View out = in.take(n, field);
    in.u8(field);
    return out;
}

// A number or a word up to what ends it.
bytes::View bare(Cursor& in, std::string_view field) {
    Cursor ahead = in;
    std::size_t n = 0;
    for (char c = next(ahead); ahead.remaining() > 0 && c != ',' && c != '}' && !blank(c); c = next(ahead), ++n)
        ahead.u8(field);
    return in.take(n, field);
}

// Objects and lists that none of these PDUs has, over quotes and brackets inside.
void skip_nested(Cursor& in, std::string_view field) {
    std::size_t depth = 0;
    do {
        const char c = next(in);
        if (c == '"') {
            quoted(in, field);
            continue;
        }
        if (c == '{' || c == '[') ++depth;
        if (c == '}' || c == ']') --depth;
        in.u8(field);
    } while (depth > 0 && !in.error());
}

void member(Cursor& in, RdsAadPdu& out) {
    const std::string_view name = bytes::text_of(quoted(in, "name"));
    expect(in, ':', "name-separator");
    skip_blanks(in);
    const auto at = in.position();
    if (name == "ts_nonce") {
        out.tsNonceLength = quoted(in, "ts_nonce").size();
    } else if (name == "rdp_assertion") {
        out.rdpAssertionLength = quoted(in, "rdp_assertion").size();
    } else if (name == "authentication_result") {
        const std::string_view digits = bytes::text_of(bare(in, "authentication_result"));
        std::int64_t value = 0;
        const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (problem != std::errc{} || end != digits.data() + digits.size())
            in.fail({bytes::Problem::bad_value, "authentication_result", at, 0, 0});
        out.authenticationResult = value;
    } else if (next(in) == '"') {
        quoted(in, "value");
    } else if (next(in) == '{' || next(in) == '[') {
        skip_nested(in, "value");
    } else if (bare(in, "value").empty()) {
        in.fail({bytes::Problem::bad_value, "value", at, 0, 0});
    }
}

}  // namespace

std::optional<std::size_t> rds_aad_size(bytes::View front) noexcept {
    if (front.empty()) return {};
    Cursor in{front};
    if (next(in) != '{') return 0;
    skip_nested(in, "object");
    if (in.error()) return {};
    return in.position();
}

bytes::Parsed<RdsAadPdu> parse_rds_aad_pdu(bytes::View pdu, std::size_t base) {
    Cursor in{pdu, base};
    RdsAadPdu out;
    expect(in, '{', "begin-object");
    skip_blanks(in);
    bool more = next(in) != '}' || in.error();
    while (more && !in.error()) {
        skip_blanks(in);
        member(in, out);
        skip_blanks(in);
        more = next(in) == ',';
        if (more) in.u8("value-separator");
    }
    expect(in, '}', "end-object");
    if (in.error()) return *in.error();
    return out;
}

std::string_view rds_aad_type(const RdsAadPdu& pdu) noexcept {
    if (pdu.authenticationResult) return "authentication result";
    if (pdu.rdpAssertionLength) return "authentication request";
    return pdu.tsNonceLength ? "server nonce" : std::string_view{};
}

}  // namespace rdpdx::credssp
