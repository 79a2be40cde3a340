#include "src/redact/event_fields.hpp"

#include <algorithm>
#include <array>

#include "src/redact/fold.hpp"

namespace rdpdx::redact {
namespace {

// Names of fields, in lower case and without blanks, that sound like a name of somebody and are none.
constexpr std::array<std::string_view, 27> kNobody{
    "objectserver",
    "accountexpires",
    "connectionname",
    "accesslist",
    "domainbehaviorversion",
    "domainpolicychanged",
    "hostapplication",
    "hostid",
    "hostname(app)",
    "hostversion",
    "listenername",
    "logonprocessname",
    "logonuserflags",
    "processname",
    "servicefilename",
    "serversideerror",
    "serverstate",
    "serviceaccountcontrol",
    "sessionname",
    "targetlinkedlogonid",
    "targetlogonid",
    "useraccountcontrol",
    "userdata",
    "userparameters",
    "userflags",
    "subjectlogonid",
    "usertype",
};

struct Hint {
    std::string_view part;
    What what;
};
// The first that is part of the name tells.
constexpr std::array kHints{
    Hint{"subjectusersid", What::text},
    Hint{"usersid", What::text},
    Hint{"subjectname", What::subject},
    Hint{"issuer", What::subject},
    Hint{"thumbprint", What::digits},
    Hint{"certhash", What::digits},
    Hint{"serialnumber", What::digits},
    Hint{"domain", What::domain},
    Hint{"realm", What::domain},
    Hint{"username", What::user},
    Hint{"accountname", What::user},
    Hint{"samaccount", What::user},
    Hint{"user", What::user},
    Hint{"displayname", What::user},
    Hint{"upn", What::user},
    Hint{"principal", What::user},
    Hint{"membername", What::user},
    Hint{"account", What::user},
    Hint{"workstation", What::host},
    Hint{"computer", What::host},
    Hint{"machine", What::host},
    Hint{"servername", What::host},
    Hint{"serveraddress", What::host},
    Hint{"server", What::host},
    Hint{"hostname", What::host},
    Hint{"host", What::host},
    Hint{"clientname", What::host},
    Hint{"clientaddress", What::host},
    Hint{"clientip", What::host},
    Hint{"clientmachine", What::host},
    Hint{"ipaddress", What::host},
    Hint{"ipstring", What::host},
    Hint{"sourceaddress", What::host},
    Hint{"destaddress", What::host},
    Hint{"address", What::host},
    Hint{"targetinfo", What::host},
    Hint{"targetname", What::host},
    Hint{"fqdn", What::host},
    Hint{"dnsname", What::host},
    Hint{"netbios", What::host},
    Hint{"resource", What::host},
    Hint{"spn", What::host},
    Hint{"kdc", What::host},
    Hint{"dcname", What::host},
    Hint{"gateway", What::host},
};

What what_of_name(std::string_view name) {
    if (const auto slash = name.find_last_of("/."); slash != std::string_view::npos) name.remove_prefix(slash + 1);
    std::string plain = folded(name);
    std::erase_if(plain, [](char c) { return c == ' ' || c == '_' || c == '-'; });
    if (std::ranges::find(kNobody, plain) != kNobody.end()) return What::text;
    for (const Hint& hint : kHints)
        if (plain.find(hint.part) != std::string::npos) return hint.what;
    return What::text;
}

}  // namespace

What what_of_event_field(std::string_view name, std::string_view value) {
    if (!may_be_user(value)) return What::text;
    const What what = what_of_name(name);
    return what == What::user || may_be_name(value) ? what : What::text;
}

bool may_be_name(std::string_view value) {
    if (value.empty() || value.size() > Names::kLongest) return false;
    if (value.starts_with("0x") || value.starts_with("%%") || value.find('\n') != std::string_view::npos) return false;
    return value.find_first_not_of("0123456789.,:-+ ") != std::string_view::npos;
}

bool may_be_user(std::string_view value) {
    const bool number = value.size() <= Names::kLongest &&
                        value.find_first_not_of("0123456789- ") == std::string_view::npos &&
                        value.find_first_not_of("- ") != std::string_view::npos;
    return number || may_be_name(value);
}

}  // namespace rdpdx::redact
