"""Put on PYTHONPATH, it keeps a process off the network and lets the time of day stand still.

Many summaries of fitted models print when they were made; such a notebook would never show the same twice.
"""

import ipaddress
import socket
import time
from typing import Any

LOCAL = {"localhost", "", None}


def is_local(host: Any) -> bool:
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host in LOCAL:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def keep_off() -> None:
    connect, resolve = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not is_local(address[0]):
            raise OSError("offline: no network in this run")
        connect(self, address)

    def guarded_resolve(host: Any, *more: Any, **named: Any) -> Any:
        if not is_local(host):
            raise socket.gaierror("offline: no network in this run")
        return resolve(host, *more, **named)

    setattr(socket.socket, "connect", guarded_connect)
    setattr(socket, "getaddrinfo", guarded_resolve)


def stand_still() -> None:
    noon = time.strptime("2024-01-15 12:00:00", "%Y-%m-%d %H:%M:%S")
    convert = time.localtime

    def localtime(*when: Any) -> time.struct_time:
        return convert(*when) if when and when[0] is not None else noon

    setattr(time, "localtime", localtime)


keep_off()
stand_still()
