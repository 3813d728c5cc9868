"""Log-in at the organisation's own provider, by OpenID Connect: authorisation code with PKCE, state and nonce.

What the provider says counts only after the signature, the issuer, the audience, the nonce and the times of its ID
token were checked. Its access token is not kept.
"""

from __future__ import annotations

import base64
import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx2
from authlib.common.errors import AuthlibBaseError  # type: ignore[import-untyped]
from authlib.integrations.httpx_client import OAuth2Client  # type: ignore[import-untyped]
from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from dossiers.accounts.identities import Groups, Shown

# Signed by the provider's private key; never by a secret that we share with it, and never unsigned.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
STRONG = frozenset({"mfa", "otp", "hwk", "swk", "sc", "fpt", "face", "iris"})  # RFC 8176: more than a password
LEEWAY = 60  # seconds that two clocks may differ
KEPT = 3600.0  # seconds for which the provider's addresses and keys are remembered
TIMEOUT = 10.0


class ProviderAway(Exception):
    """The provider cannot be reached, or does not answer as it should. Trying again later may help."""


class NotTrusted(Exception):
    """What came back is not what the provider says to us about this log-in. ``reason``: a code for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Provider:
    """The settings of the organisation's log-in. ``name``: how people call it. ``address``: of this desk, whole.

    ``strong``: everybody who logs in there has shown a second factor, whether it says so or not.
    """

    issuer: str
    client_id: str
    client_secret: str
    address: str
    name: str = "your organisation"
    groups_claim: str = "groups"
    groups: Groups = field(default_factory=Groups)
    strong: bool = False

    @property
    def comes_back_to(self) -> str:
        """The address to which the provider sends people back; it must be registered there."""
        return f"{self.address}/login/provider/back"


@dataclass(frozen=True, slots=True)
class Started:
    """A log-in that goes on at the provider. ``address``: where; the rest is compared when the person comes back."""

    address: str
    state: str
    nonce: str
    verifier: str


class OpenId:
    """One provider. Safe to use from several threads."""

    def __init__(self, provider: Provider, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.provider = provider
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._found: tuple[float, dict[str, Any]] | None = None
        self._keys: tuple[float, KeySet] | None = None

    def start(self) -> Started:
        """Where to send somebody who wants to log in.

        Raises:
            ProviderAway: the provider does not say where.
        """
        state, nonce, verifier = (secrets.token_urlsafe(size) for size in (32, 32, 64))
        with self._client() as client:
            address, _ = client.create_authorization_url(
                self._metadata()["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
            )
        return Started(str(address), state, nonce, verifier)

    def finish(self, code: str, nonce: str, verifier: str) -> Shown:
        """Who came back with this code.

        Raises:
            ProviderAway: the provider does not answer.
            NotTrusted: it does not know the code, or its ID token is not for us and this log-in.
        """
        metadata = self._metadata()
        try:
            with self._client() as client:
                token = client.fetch_token(metadata["token_endpoint"], code=code, code_verifier=verifier)
        except AuthlibBaseError as error:
            raise NotTrusted("code") from error
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
            raise ProviderAway from error
        return self._shown(self._claims(token, nonce))

    def log_out_address(self) -> str | None:
        """Where somebody logs out at the provider too; None: it offers no such place, or is away."""
        try:
            place = self._metadata().get("end_session_endpoint")
        except ProviderAway:
            return None
        if not isinstance(place, str) or not _is_web(place):
            return None
        back = {"client_id": self.provider.client_id, "post_logout_redirect_uri": f"{self.provider.address}/login"}
        return f"{place}{'&' if '?' in place else '?'}{urlencode(back)}"

    def _client(self) -> OAuth2Client:
        return OAuth2Client(
            self.provider.client_id,
            self.provider.client_secret or None,
            scope="openid profile email",
            redirect_uri=self.provider.comes_back_to,
            code_challenge_method="S256",
            timeout=TIMEOUT,
        )

    def _metadata(self) -> dict[str, Any]:
        with self._lock:
            if self._found is not None and self._monotonic() - self._found[0] < KEPT:
                return self._found[1]
            issuer = self.provider.issuer
            found = self._get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            if found.get("issuer") != issuer or not all(_is_web(found.get(name)) for name in needed):
                raise ProviderAway
            self._found = self._monotonic(), found
            return found

    def _key_set(self, *, anew: bool = False) -> KeySet:
        address = self._metadata()["jwks_uri"]
        with self._lock:
            if self._keys is not None and not anew and self._monotonic() - self._keys[0] < KEPT:
                return self._keys[1]
            try:
                keys = KeySet.import_key_set(self._get(address))  # type: ignore[arg-type]
            except (JoseError, ValueError, KeyError, TypeError) as error:
                raise ProviderAway from error
            self._keys = self._monotonic(), keys
            return keys

    def _get(self, address: str) -> dict[str, Any]:
        try:
            answer = httpx2.get(address, timeout=TIMEOUT)
            answer.raise_for_status()
            found = answer.json()
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
            raise ProviderAway from error
        if not isinstance(found, dict):
            raise ProviderAway
        return found

    def _claims(self, token: Mapping[str, Any], nonce: str) -> CodeIDToken:
        """The claims of the ID token, all checked."""
        raw = token.get("id_token")
        if not isinstance(raw, str):
            raise NotTrusted("no_id_token")
        decoded = self._decoded(raw)
        client_id = self.provider.client_id
        must = {
            "iss": {"essential": True, "value": self.provider.issuer},
            "aud": {"essential": True, "value": client_id},
            "sub": {"essential": True},
            "exp": {"essential": True},
            "iat": {"essential": True},
            "nonce": {"essential": True, "value": nonce},
        }
        beside = {"nonce": nonce, "client_id": client_id, "access_token": token.get("access_token")}
        claims = CodeIDToken(decoded.claims, decoded.header, must, beside)
        try:
            claims.validate(leeway=LEEWAY)
        except (JoseError, AuthlibBaseError, ValueError, TypeError) as error:
            raise NotTrusted(f"claim.{getattr(error, 'claim', '') or 'other'}") from error
        return claims

    def _decoded(self, raw: str) -> jwt.Token:
        registry = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
        try:
            try:
                return jwt.decode(raw, self._key_set(), registry=registry)
            except JoseError:
                if not self._has_unknown_key(raw):
                    raise
                return jwt.decode(raw, self._key_set(anew=True), registry=registry)
        except (JoseError, ValueError) as error:
            raise NotTrusted("signature") from error

    def _has_unknown_key(self, raw: str) -> bool:
        """Whether the token names a key that was not there yet: the provider may have changed it meanwhile."""
        try:
            part = raw.split(".", maxsplit=1)[0]
            header = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
            known = {key.kid for key in self._key_set().keys}
            return header.get("kid") not in known
        except (ValueError, AttributeError):
            return False

    def _shown(self, claims: CodeIDToken) -> Shown:
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= 255:
            raise NotTrusted("claim.sub")
        groups, methods = claims.get(self.provider.groups_claim), claims.get("amr")
        return Shown(
            issuer=self.provider.issuer,
            subject=subject,
            email=_text(claims.get("email")),
            email_verified=claims.get("email_verified") is True,
            name=_text(claims.get("name")),
            groups=_texts(groups),
            strong=self.provider.strong or not STRONG.isdisjoint(_texts(methods)),
        )


def _text(value: object) -> str:
    return value if isinstance(value, str) and len(value) <= 255 else ""


def _texts(value: object) -> frozenset[str]:
    listed = value if isinstance(value, list) else [value]
    return frozenset(one for one in listed if isinstance(one, str))


def _is_web(address: object) -> bool:
    return isinstance(address, str) and address.startswith(("https://", "http://"))
