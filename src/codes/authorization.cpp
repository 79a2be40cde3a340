// [MS-RDPBCGR] 2.2.10.2 Early User Authorization Result PDU; 2.2.17.4 RDSTLS Authentication Response, resultCode
#include "src/codes/tables.hpp"

namespace rdpdx::codes {
namespace {

constexpr std::string_view kEarly = "[MS-RDPBCGR] 2.2.10.2";
constexpr std::string_view kRdstls = "[MS-RDPBCGR] RDSTLS Authentication Response";
constexpr std::string_view kNla = "credssp";

constexpr std::array kEarlyRows{
    Code{0x0, "AUTHZ_SUCCESS", "The user may connect.", "early-authorization", kDocumented, "", kEarly},
    Code{0x5, "AUTHZ_ACCESS_DENIED", "The user authenticated, but may not log on through Remote Desktop.",
         "early-authorization", kDocumented,
         "Group Remote Desktop Users; the rights to allow or deny logon through Remote Desktop Services.", kEarly},
};
static_assert(tables::ascending(kEarlyRows));

constexpr std::array kRdstlsRows{
    Code{0x0, "RDSTLS_RESULT_SUCCESS", "The redirected credentials were accepted.", kNla, kDocumented, "", kRdstls},
    Code{0x5, "RDSTLS_RESULT_ACCESS_DENIED", "Access is denied.", kNla, kDocumented, "", kRdstls},
    Code{0x52E, "RDSTLS_RESULT_LOGON_FAILURE", "User name or password is wrong.", kNla, kDocumented, "", kRdstls},
    Code{0x530, "RDSTLS_RESULT_INVALID_LOGON_HOURS", "The account may not log on at this hour.", kNla, kDocumented, "",
         kRdstls},
    Code{0x532, "RDSTLS_RESULT_PASSWORD_EXPIRED", "The password has expired.", kNla, kDocumented, "", kRdstls},
    Code{0x533, "RDSTLS_RESULT_ACCOUNT_DISABLED", "The account is disabled.", kNla, kDocumented, "", kRdstls},
    Code{0x773, "RDSTLS_RESULT_PASSWORD_MUST_CHANGE", "The password must be changed first.", kNla, kDocumented, "",
         kRdstls},
    Code{0x775, "RDSTLS_RESULT_ACCOUNT_LOCKED_OUT", "The account is locked out.", kNla, kDocumented, "", kRdstls},
};
static_assert(tables::ascending(kRdstlsRows));

}  // namespace

std::span<const Code> tables::early_authorization() noexcept { return kEarlyRows; }
std::span<const Code> tables::rdstls_result() noexcept { return kRdstlsRows; }

}  // namespace rdpdx::codes
