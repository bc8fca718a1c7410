"""Unreachable, rate-limited or down (the seed's error playbook, network and rate limit)."""

from __future__ import annotations

_WAIT = ("请稍等片刻再试", "Wait a moment and try again")
_CONNECTION = ("请检查网络连接，稍后再试", "Check your network connection and try again later")

_CLOSED = (
    "请检查网络连接；如果在受限的环境（沙盒）里运行，请申请联网权限和状态文件夹的写权限",
    "Check your network connection; in a sandbox, ask for network access and for write access to the state folder",
)

TEXTS: dict[str, tuple[str, str]] = {
    "unreachable": ("连不上 IMA 服务", "The IMA service can't be reached"),
    "unreachable.do": _CLOSED,
    "name": ("找不到 IMA 服务的地址，可能没有联网", "The service's address can't be found; you may be offline"),
    "name.do": _CLOSED,
    "timeout": ("服务太久没有回应", "The service took too long to respond"),
    "timeout.do": _WAIT,
    "interrupted": ("与服务的连接中断了", "The connection to the service broke off"),
    "interrupted.do": _CONNECTION,
    "rate_limited": ("请求太频繁，服务要求稍等", "Too many requests; the service asks to wait"),
    "rate_limited.do": _WAIT,
    "server_error": ("服务暂时不可用", "The service is temporarily unavailable"),
    "server_error.do": _WAIT,
    "bad_answer": (
        "服务的回答看不懂，可能正在维护",
        "The service's answer makes no sense; it may be under maintenance",
    ),
    "bad_answer.do": _WAIT,
    "too_large": ("服务的回答大得异常，已停止接收", "The service's answer is abnormally large; reading was stopped"),
    "too_large.do": _WAIT,
    "redirect": (
        "请求被转到别的地址；为了保护密钥和内容，没有跟过去",
        "The request was redirected elsewhere; it was not followed, to protect your key and content",
    ),
    "redirect.do": (
        "如果网络需要登录（酒店、公司网络），请先登录；否则稍后再试",
        "If your network asks you to sign in (hotel, office), do that first; otherwise try again later",
    ),
    "certificate": (
        "服务的安全证书不可信，没有发送任何内容",
        "The service's security certificate is not trusted; nothing was sent",
    ),
    "certificate.do": (
        "请检查电脑的日期；公司网络如有自己的证书，请用 SSL_CERT_FILE 指定",
        "Check the computer's date; if your company's network has its own certificate, name it in SSL_CERT_FILE",
    ),
    "tls": ("与服务建立安全连接失败", "A secure connection to the service could not be made"),
    "tls.do": _CONNECTION,
    "trust_store": (
        "读不到安全证书文件，没有发送任何内容",
        "The file of trusted certificates can't be read; nothing was sent",
    ),
    "trust_store.do": (
        "请检查环境变量 SSL_CERT_FILE 和 SSL_CERT_DIR 指向的位置",
        "Check what the environment variables SSL_CERT_FILE and SSL_CERT_DIR point to",
    ),
    "proxy": ("代理服务器没有接通", "The proxy server did not let the connection through"),
    "proxy.do": (
        "请检查代理设置（HTTPS_PROXY）和代理的账号",
        "Check the proxy setting (HTTPS_PROXY) and the proxy's account",
    ),
    "proxy_away": ("连不上代理服务器", "The proxy server can't be reached"),
    "proxy_away.do": (
        "请检查代理设置（HTTPS_PROXY）以及代理是否在运行；如果在沙盒里运行，请申请联网权限",
        "Check the proxy setting (HTTPS_PROXY) and whether the proxy runs; in a sandbox, ask for network access",
    ),
    "proxy_socks": (
        "代理使用 SOCKS 协议，缺少 Python 包 socksio",
        "The proxy speaks SOCKS, and the Python package socksio is missing",
    ),
    "proxy_socks.do": (
        "请运行：{install}，或改用 http 代理（HTTPS_PROXY）",
        "Run: {install}, or name an HTTP proxy in HTTPS_PROXY",
    ),
    "proxy_setting": ("代理设置无法使用", "The proxy setting can't be used"),
    "proxy_setting.do": (
        "请检查环境变量 HTTPS_PROXY、ALL_PROXY 和 NO_PROXY 的写法",
        "Check how the environment variables HTTPS_PROXY, ALL_PROXY and NO_PROXY are written",
    ),
    "claimed_too_late": (
        "请求没能及时发出，没有发送任何内容",
        "The request could not leave in time; nothing was sent",
    ),
    "claimed_too_late.do": _WAIT,
}
