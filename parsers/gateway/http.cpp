#include "parsers/gateway/http.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "parsers/bytes/terminated.hpp"
#include "parsers/gateway/base64.hpp"

namespace rdpdx::gateway {
namespace {

constexpr std::size_t kLongestLine = 512;  // of a chunk's size or a trailer

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool same(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}
bool contains(std::string_view list, std::string_view word) {
    return std::search(list.begin(), list.end(), word.begin(), word.end(),
                       [](char x, char y) { return lower(x) == lower(y); }) != list.end();
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
    return text;
}

// Up to the separator, which goes too.
std::string_view cut(std::string_view& text, char separator) {
    const auto at = text.find(separator);
    const std::string_view out = text.substr(0, at);
    text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
    return out;
}

std::optional<std::uint64_t> number(std::string_view text, int base) {
    std::uint64_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (problem != std::errc{} || end == text.data()) return {};
    return value;
}

Authentication authentication(std::string_view value, std::size_t base) {
    Authentication out;
    const std::string_view scheme = cut(value, ' ');
    out.scheme = bytes::valid_utf8(scheme);
    value = trimmed(value);
    out.parameterLength = value.size();
    const bool carries = same(scheme, "Negotiate") || same(scheme, "NTLM") || same(scheme, "Kerberos");
    if (!carries || value.empty()) return out;
    if (const auto token = parse_base64(value)) out.token = credssp::parse_security_token(*token, base);
    return out;
}

std::string user_id(std::string_view value) {
    const auto text = parse_base64(value);
    return text ? bytes::utf16le_until_zero(*text) : std::string{};
}

void header(HttpHead& head, std::string_view name, std::string_view value, std::size_t at) {
    const auto text = [&] { return bytes::valid_utf8(value); };
    if (same(name, "Content-Length")) head.contentLength = number(value, 10);
    if (same(name, "Transfer-Encoding")) head.chunked = contains(value, "chunked");
    if (same(name, "Upgrade")) head.websocket = contains(value, "websocket");
    if (same(name, "Host")) head.host = text();
    if (same(name, "User-Agent")) head.userAgent = text();
    if (same(name, "RDG-Connection-Id")) head.connectionId = text();
    if (same(name, "RDG-Correlation-Id")) head.correlationId = text();
    if (same(name, "RDG-User-Id")) head.userId = user_id(value);
    if (same(name, "RDG-Auth-Scheme")) head.rdgAuthScheme = text();
    const bool authenticates = same(name, "Authorization") || same(name, "WWW-Authenticate");
    if (authenticates && head.authentications.size() < kMostAuthentications)
        head.authentications.push_back(authentication(value, at));
}

bool start_line(HttpHead& head, std::string_view line) {
    constexpr std::string_view kVersion = "HTTP/1.";
    if (line.substr(0, kVersion.size()) == kVersion) {
        cut(line, ' ');
        const auto status = number(cut(line, ' '), 10);
        if (!status || *status < 100 || *status > 999) return false;
        head.status = static_cast<std::uint16_t>(*status);
        head.reason = bytes::valid_utf8(trimmed(line));
        return true;
    }
    const std::string_view method = cut(line, ' ');
    const bool token = !method.empty() && std::ranges::all_of(method, [](char c) {
        return (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
    });
    const std::string_view target = cut(line, ' ');
    if (!token || line.substr(0, kVersion.size()) != kVersion) return false;
    head.method = std::string{method};
    head.target = bytes::valid_utf8(target);
    return true;
}

}  // namespace

std::optional<std::size_t> head_size(bytes::View data) noexcept {
    const std::string_view text = bytes::text_of(data);
    constexpr std::string_view kEnd = "\r\n\r\n";
    const auto at = text.find(kEnd);
    if (at == std::string_view::npos) return {};
    return at + kEnd.size();
}

bytes::Parsed<HttpHead> parse_http_head(bytes::View data, std::size_t base) {
    std::string_view text = bytes::text_of(data);
    HttpHead out;
    const std::string_view first = trimmed(cut(text, '\n'));
    if (!start_line(out, first)) {
        const bool whole = first.size() + 2 <= data.size();
        return bytes::ParseError{whole ? bytes::Problem::bad_value : bytes::Problem::truncated, "start-line", base,
                                 data.size() + 1, data.size()};
    }
    for (std::size_t n = 0; n < kMostHeaders && !text.empty(); ++n) {
        const std::size_t at = base + (data.size() - text.size());
        std::string_view line = trimmed(cut(text, '\n'));
        if (line.empty()) return out;
        const std::string_view name = cut(line, ':');
        header(out, name, trimmed(line), at);
    }
    if (text.empty()) return bytes::ParseError{bytes::Problem::truncated, "header", base + data.size(), 2, 0};
    return out;
}

void HttpReader::begin(bytes::View data, std::size_t offset) {
    offset_ = offset;
    if (held_.empty()) {
        input_ = data;
        return;
    }
    joined_ = std::move(held_);
    joined_.insert(joined_.end(), data.begin(), data.end());
    held_.clear();
    input_ = joined_;
}

void HttpReader::keep() {
    if (!input_.empty() && input_.size() == joined_.size() && input_.data() == joined_.data())
        held_ = std::move(joined_);
    else
        held_.assign(input_.begin(), input_.end());
    input_ = {};
    joined_.clear();
}

bytes::View HttpReader::take(std::size_t n) noexcept {
    const bytes::View out = input_.first(std::min(n, input_.size()));
    input_ = input_.subspan(out.size());
    return out;
}

bool HttpReader::lose(Item& item, std::string_view field, std::size_t have) {
    mode_ = Mode::lost;
    input_ = {};
    item = Lost{{bytes::Problem::bad_value, field, offset_, 0, have}};
    return true;
}

bool HttpReader::next(Item& item) {
    if (std::exchange(end_due_, false)) {
        item = BodyEnd{};
        return true;
    }
    if (input_.empty()) return false;
    switch (mode_) {
        case Mode::head:
            return read_head(item);
        case Mode::counted:
        case Mode::chunk:
        case Mode::until_end:
            return read_body(item);
        case Mode::chunk_head:
            return read_chunk_head(item);
        case Mode::chunk_end: {
            std::size_t length = 0;
            if (!skip_line(length)) return input_.size() > kLongestLine && lose(item, "chunk-size", input_.size());
            mode_ = Mode::chunk_head;
            return next(item);
        }
        case Mode::trailer:
            return read_trailer(item);
        case Mode::handed_over:
            item = HandedOver{take(input_.size())};
            return true;
        case Mode::lost:
            input_ = {};
            return false;
    }
    return false;
}

bool HttpReader::read_head(Item& item) {
    const auto size = head_size(input_);
    if (!size) return input_.size() > kLargestHead && lose(item, "header", input_.size());
    const bytes::View head = take(*size);
    auto parsed = parse_http_head(head, offset_);
    if (!parsed) {
        mode_ = Mode::lost;
        input_ = {};
        item = Lost{parsed.error()};
        return true;
    }
    // [RFC 9112] 6.3: these have no body.
    const bool none = parsed->status == 204 || parsed->status == 304 || (parsed->status >= 100 && parsed->status < 200);
    chunked_ = parsed->chunked && !none;
    if (chunked_) {
        mode_ = Mode::chunk_head;
    } else if (parsed->contentLength.value_or(0) > 0 && !none) {
        mode_ = Mode::counted;
        left_ = *parsed->contentLength;
    } else if (!parsed->request() && !parsed->contentLength && !none) {
        mode_ = Mode::until_end;
    } else if (parsed->contentLength || !parsed->request()) {
        end_due_ = !none;
    }
    item = *parsed;
    return true;
}

bool HttpReader::read_body(Item& item) {
    if (mode_ == Mode::until_end) {
        item = Body{take(input_.size())};
        return true;
    }
    const bytes::View data = take(static_cast<std::size_t>(std::min<std::uint64_t>(left_, input_.size())));
    left_ -= data.size();
    if (left_ == 0) {
        end_due_ = mode_ == Mode::counted;
        mode_ = mode_ == Mode::chunk ? Mode::chunk_end : Mode::head;
    }
    item = Body{data};
    return true;
}

// Takes one line, and tells its length without the line break.
bool HttpReader::skip_line(std::size_t& length) {
    const std::string_view text = bytes::text_of(input_);
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return false;
    length = trimmed(text.substr(0, end)).size();
    take(end + 1);
    return true;
}

bool HttpReader::read_trailer(Item& item) {
    std::size_t length = 0;
    while (skip_line(length)) {
        if (length > 0) continue;
        mode_ = Mode::head;
        item = BodyEnd{};
        return true;
    }
    return input_.size() > kLongestLine && lose(item, "trailer-section", input_.size());
}

bool HttpReader::read_chunk_head(Item& item) {
    const std::string_view text = bytes::text_of(input_);
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return input_.size() > kLongestLine && lose(item, "chunk-size", input_.size());
    const auto size = number(text.substr(0, end), 16);
    if (!size) return lose(item, "chunk-size", end);
    take(end + 1);
    left_ = *size;
    mode_ = left_ > 0 ? Mode::chunk : Mode::trailer;
    return next(item);
}

void HttpReader::gap() {
    held_.clear();
    if (mode_ == Mode::counted) mode_ = Mode::lost;
    if (chunked_ && mode_ != Mode::head) mode_ = Mode::chunk_head;
}

}  // namespace rdpdx::gateway
