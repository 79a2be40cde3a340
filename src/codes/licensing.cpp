// [MS-RDPBCGR] 2.2.1.12.1.3 Licensing Error Message (LICENSE_ERROR_MESSAGE): dwErrorCode, dwStateTransition
#include "src/codes/tables.hpp"

namespace rdpdx::codes {
namespace {

constexpr std::string_view kBcgr = "[MS-RDPBCGR] 2.2.1.12.1.3";
constexpr std::string_view kStage = "licensing";

constexpr std::array kErrors{
    Code{0x1, "ERR_INVALID_SERVER_CERTIFICATE", "The client does not accept the server's licensing certificate.",
         kStage, kDocumented, "", kBcgr},
    Code{0x2, "ERR_NO_LICENSE", "There is no licence.", kStage, kDocumented, "CALs on the licence server.", kBcgr},
    Code{0x3, "ERR_INVALID_MAC", "A licensing message failed its integrity check.", kStage, kDocumented, "", kBcgr},
    Code{0x4, "ERR_INVALID_SCOPE", "The scope of the licence does not fit.", kStage, kDocumented, "", kBcgr},
    Code{0x6, "ERR_NO_LICENSE_SERVER", "No licence server could be found.", kStage, kDocumented,
         "Licensing mode and licence server of the session host; grace period.", kBcgr},
    Code{0x7, "STATUS_VALID_CLIENT", "Licensing is done: the normal answer of success, not an error.", kStage,
         kDocumented, "If the connection still fails, look after licensing.", kBcgr},
    Code{0x8, "ERR_INVALID_CLIENT", "The client is not valid for licensing.", kStage, kDocumented, "", kBcgr},
    Code{0xB, "ERR_INVALID_PRODUCTID", "The product id does not fit.", kStage, kDocumented, "", kBcgr},
    Code{0xC, "ERR_INVALID_MESSAGE_LEN", "A licensing message had a wrong length.", kStage, kDocumented, "", kBcgr},
};
static_assert(tables::ascending(kErrors));

constexpr std::array kTransitions{
    Code{0x1, "ST_TOTAL_ABORT", "Licensing is over; the connection ends.", kStage, kDocumented, "", kBcgr},
    Code{0x2, "ST_NO_TRANSITION", "Nothing changes; goes with STATUS_VALID_CLIENT.", kStage, kDocumented, "", kBcgr},
    Code{0x3, "ST_RESET_PHASE_TO_START", "Licensing begins anew.", kStage, kDocumented, "", kBcgr},
    Code{0x4, "ST_RESEND_LAST_MESSAGE", "The last message is to be sent again.", kStage, kDocumented, "", kBcgr},
};
static_assert(tables::ascending(kTransitions));

}  // namespace

std::span<const Code> tables::license_error() noexcept { return kErrors; }
std::span<const Code> tables::license_transition() noexcept { return kTransitions; }

}  // namespace rdpdx::codes
