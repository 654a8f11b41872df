// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace certmgr::lab {

class Authority;

/// What goes back to the client.
struct Reply {
  int status = 200;
  std::multimap<std::string, std::string> headers;  // without the framing and Content-Type
  std::string content_type;
  std::string body;

  void set_header(const std::string& name, const std::string& value);
};

/// How one request goes wrong.
struct Fault {
  bool forward = true;                 // the CA gets the request
  bool drop = false;                   // the client gets nothing but the end of the connection
  std::chrono::milliseconds delay{0};  // before anything else
  std::size_t flood = 0;               // octets of body sent after the reply's own
  std::function<void(Reply&)> change = [](Reply&) {};  // of what the CA answered, or of an empty 200
};

/// The faults an ACME client meets, each one value for FaultProxy::inject(). Those that answer in the
/// CA's place do not forward: the CA has not seen the request.
namespace faults {

/// Any answer. A nonce is added if the CA has one to give, as in a real CA's errors.
Fault answer(int status, const std::string& content_type, const std::string& body);
/// A proxy's page: 200 with HTML.
Fault html();
Fault empty_500();
/// RFC 7807 document; `subproblems` as in RFC 8555 section 6.7.1.
Fault problem(int status, const std::string& acme_type, const std::string& detail,
              const nlohmann::json& subproblems = {});
Fault bad_nonce();
Fault redirect(const std::string& location);

/// The CA has acted, and the answer is spoiled on its way back.
Fault truncated();
Fault content_type(const std::string& type);
Fault header(const std::string& name, const std::string& value);
Fault json(const std::function<void(nlohmann::json&)>& change);
Fault order_status(const std::string& status);
/// The body does not end before `octets` were sent.
Fault flood(std::size_t octets);

Fault delay(std::chrono::milliseconds time);
/// The connection ends before the CA has seen the request, or after it has acted.
Fault drop_before();
Fault drop_after();

/// Downloads: another certificate than the CA issued. The authority must outlive the proxy.
Fault certificate_for_another_key(const Authority& authority);
Fault certificate_for_names(const Authority& authority, const std::vector<std::string>& names);
Fault expired_certificate(const Authority& authority);
Fault certificate_not_valid_yet(const Authority& authority);
Fault chain_reversed();
/// The leaf alone.
Fault chain_missing();
/// An unrelated CA certificate where the intermediate should be.
Fault chain_unrelated(const Authority& authority);

}  // namespace faults
}  // namespace certmgr::lab
