// Rights on files: `icacls`, and what Get-Acl gives as a list of its entries.
#include <utility>

#include "parsers/config/readers.hpp"

namespace rdpdx::config {
namespace {

// "ACCOUNT:(I)(F)" -> both; nothing where the line does not end so.
std::optional<std::pair<std::string_view, std::string_view>> entry(std::string_view line) noexcept {
    const auto at = line.rfind(":(");
    if (at == std::string_view::npos || !line.ends_with(')')) {
        // "ACCOUNT:F", as older systems print it, is not told from other text.
        return {};
    }
    return std::pair{trim(line.substr(0, at)), line.substr(at + 1)};
}

// The path stands before the first account of a file, and both may hold blanks: "C:\a b NT AUTHORITY\SYSTEM:(F)". The
// lines of the file's other entries are indented as far as its first account, which tells them apart.
class Icacls {
public:
    explicit Icacls(const Sink& sink) : sink_{sink} {}
    void line(const Line& line) {
        const auto found = entry(line.trimmed());
        if (!found) return flush(0);
        const auto indent = line.text.find_first_not_of(' ');
        if (indent > 0) {
            flush(indent);
            if (!path_.empty()) put(place(line), found->first, found->second);
            return;
        }
        flush(0);
        path_.clear();
        first_ = {place(line), std::string{found->first}, std::string{found->second}};
    }
    void flush(std::size_t indent) {
        if (first_.text.empty()) return;
        const std::string text = std::exchange(first_.text, {});
        std::size_t cut = indent;
        if (cut == 0 || cut >= text.size() || text[cut - 1] != ' ') {
            // It is the only entry: an account of two words stands behind the last backslash but one.
            const auto slash = text.rfind('\\');
            cut = slash == std::string::npos ? std::string::npos : text.rfind(' ', slash);
            if (cut != std::string::npos && text.substr(0, slash).ends_with(" NT AUTHORITY"))
                cut = slash - std::string_view{"NT AUTHORITY"}.size() - 1;
            if (cut == std::string::npos) return;
            ++cut;
        }
        path_ = trim(std::string_view{text}.substr(0, cut));
        put(first_.at, std::string_view{text}.substr(cut), first_.rights);
    }

private:
    void put(Place at, std::string_view account, std::string_view rights) {
        const bool deny =
            rights.find("(DENY)") != std::string_view::npos || rights.find("(N)") != std::string_view::npos;
        sink_(AccessEntry{at, path_, std::string{trim(account)}, std::string{rights}, deny});
    }

    const Sink& sink_;
    std::string path_;
    struct First {
        Place at;
        std::string text, rights;  // path and account together
    } first_;
};

// Names of properties are the same in every language.
class GetAcl {
public:
    explicit GetAcl(const Sink& sink) : sink_{sink} {}
    void line(const Line& line) {
        const std::string_view text = line.trimmed();
        if (text.starts_with("Get-Acl ")) {
            const auto quote = text.find_first_of("'\"");
            if (quote != std::string_view::npos)
                path_ = text.substr(quote + 1, text.find_first_of("'\"", quote + 1) - quote - 1);
        }
        const auto colon = text.find(" : ");
        if (colon == std::string_view::npos) return;
        const std::string_view name = trim(text.substr(0, colon)), value = trim(text.substr(colon + 3));
        if (name == "FileSystemRights") {
            now_ = {};
            now_.at = place(line);
            now_.path = path_;
            now_.rights = value;
        } else if (name == "AccessControlType") {
            now_.deny = value == "Deny";
        } else if (name == "IdentityReference" && now_.at.line > 0) {
            now_.account = value;
            sink_(std::exchange(now_, {}));
        }
    }

private:
    const Sink& sink_;
    std::string path_;
    AccessEntry now_;
};

}  // namespace

bool is_access_line(std::string_view line) noexcept {
    const auto found = entry(line);
    const bool property = line.starts_with("FileSystemRights ") && line.find(" : ") != std::string_view::npos;
    return property || (found && found->first.find('\\') != std::string_view::npos);
}

void read_access(LineReader& lines, const Sink& sink) {
    Line line;
    Icacls icacls{sink};
    GetAcl list{sink};
    while (lines.next(line)) {
        icacls.line(line);
        list.line(line);
    }
    icacls.flush(0);
}

}  // namespace rdpdx::config
