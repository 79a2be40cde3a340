// Any bytes as every PDU of an established connection. The first byte of the input has no special meaning: all
// decoders see all of it.
#include <cstdlib>

#include "parsers/bytes/text.hpp"
#include "parsers/rdp/client_info.hpp"
#include "parsers/rdp/licensing.hpp"
#include "parsers/rdp/message_channel.hpp"
#include "parsers/rdp/redirection.hpp"
#include "parsers/rdp/session_info.hpp"
#include "parsers/rdp/share.hpp"

using namespace rdpdx;

namespace {

constexpr std::size_t kBase = 7;

void require(bool holds) {
    if (!holds) std::abort();
}
bool utf8(const std::string& text) { return bytes::valid_utf8(text) == text; }

template <class T>
bool checked(const bytes::Parsed<T>& pdu, std::size_t size) {
    if (!pdu) require(pdu.error().offset <= size + kBase && !pdu.error().field.empty());
    return static_cast<bool>(pdu);
}

void share(bytes::View input) {
    const std::size_t size = input.size();
    bytes::Cursor in{input, kBase};
    if (checked(rdp::parse_share_control_header(in), size)) checked(rdp::parse_share_data_header(in), size);
    const auto demand = rdp::parse_demand_active(input, kBase);
    if (checked(demand, size)) require(demand->capabilitySets.size() <= size / 4 && utf8(demand->sourceDescriptor));
    checked(rdp::parse_confirm_active(input, kBase), size);
    checked(rdp::parse_deactivate_all(input, kBase), size);
    checked(rdp::parse_synchronize(input, kBase), size);
    checked(rdp::parse_control(input, kBase), size);
    checked(rdp::parse_font_pdu(input, kBase), size);
    checked(rdp::parse_set_error_info(input, kBase), size);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const bytes::View input = std::as_bytes(std::span{data, size});
    bytes::Cursor in{input, kBase};
    checked(rdp::parse_security_header(in), size);
    const auto info = rdp::parse_info_packet(input, kBase);
    if (checked(info, size)) require(utf8(info->userName) && utf8(info->domain));
    checked(rdp::parse_license_pdu(input, kBase), size);
    share(input);
    checked(rdp::parse_save_session_info(input, kBase), size);
    const auto redirection = rdp::parse_server_redirection(input, kBase);
    if (checked(redirection, size))
        require(redirection->targetNetAddresses.size() <= rdp::kMaxTargetNetAddresses &&
                redirection->passwordLength <= size);
    checked(rdp::parse_auto_detect(input, kBase), size);
    checked(rdp::parse_heartbeat(input, kBase), size);
    checked(rdp::parse_initiate_multitransport_request(input, kBase), size);
    checked(rdp::parse_multitransport_response(input, kBase), size);
    const auto head = rdp::parse_fast_path_header(input, kBase);
    if (checked(head, size)) require(head->headerSize <= size && head->action < 4);
    return 0;
}
