using System.Runtime.CompilerServices;
using Balancer.Access;
using Balancer.Access.Passwords;
using Balancer.Http;
using Balancer.Infrastructure;
using Balancer.Limits;
using Balancer.Observability.Metrics;
using Balancer.Routing;

namespace Balancer.Proxy;

/// <summary>nginx's access phase: asks one check after the other whether a request is let in (<c>satisfy</c>).</summary>
internal sealed class AccessPhase(GatewayServices services, AuthSubrequest subrequest)
{
    private readonly AccessMetrics _metrics = services.Counters.Access;
    private readonly CoarseClock _clock = services.Clock;
    private readonly PasswordGate _passwords = services.Passwords;
    private readonly LimitClock _delayClock = new(services.Time);
    private readonly DenialLog _log = new(services.AccessLogger);

    /// <summary>Asks whether a request is let in. Its challenge, if any, is among <see cref="HttpExchange.PhaseFields"/> then.</summary>
    /// <returns>0 when it is; else the status to answer, or the negated <see cref="ProxyError"/> of a client that did not wait for it.</returns>
    public ValueTask<int> CheckAsync(HttpExchange exchange, Downstream downstream, Location location, AccessPolicy policy, bool isTrusted)
    {
        var rule = policy.Addresses?.Find(exchange.Client);
        if (rule is { Allows: true } && policy.IsAnyEnough)
        {
            return default;
        }

        if (policy is { Basic: null, Request: null } || (rule is { Allows: false } && !policy.IsAnyEnough))
        {
            return new ValueTask<int>(rule is { Allows: false } ? Deny(exchange, rule) : 0);
        }

        return AskAsync(exchange, downstream, location, policy, rule, isTrusted);
    }

    private int Deny(HttpExchange exchange, AddressRule rule)
    {
        _metrics.Address.Increment();
        _log.AddressDenied(rule, exchange);
        return 403;
    }

    [AsyncMethodBuilder(typeof(PooledValueTaskMethodBuilder<>))]
    private async ValueTask<int> AskAsync(HttpExchange exchange, Downstream downstream, Location location, AccessPolicy policy, AddressRule? rule, bool isTrusted)
    {
        var refusal = 0;
        var isAsked = false;
        var isWrong = false;
        var hasChallenge = exchange.PhaseFields.Contains("WWW-Authenticate"u8);
        var challenge = WorkerPool<HeadWriter>.Rent();
        if (policy.Basic is { } basic && basic.TryWriteChallenge(exchange, challenge))
        {
            isAsked = true;
            (refusal, isWrong) = await CheckPasswordAsync(exchange, basic);
            if (refusal == 0 && policy.IsAnyEnough)
            {
                return GiveBack(challenge, 0);
            }
        }

        if (policy.Request is { } request && refusal is 0 or 401 && (refusal == 0 || policy.IsAnyEnough))
        {
            var answer = await subrequest.AskAsync(exchange, downstream, location, request, isTrusted);
            if (answer == 0 && policy.IsAnyEnough)
            {
                return GiveBack(challenge, 0);
            }

            // As in nginx 401 stays when another check says 403: the client may do better. Of two 401 both challenges are given.
            if (refusal != 401 || answer is not (401 or 403))
            {
                CountAnswer(exchange, answer);
                refusal = answer == 0 ? refusal : answer;
                isAsked &= answer == 0;
            }
        }

        if (refusal == 401 && isAsked)
        {
            (isWrong ? _metrics.WrongCredentials : _metrics.NoCredentials).Increment();
            if (!hasChallenge)
            {
                exchange.PhaseFields.Add("WWW-Authenticate"u8, challenge.Written);
            }
        }

        if (refusal == 401 && policy.Delay > 0 && await DelayWait.RunAsync(downstream, _delayClock, _delayClock.Milliseconds + policy.Delay) is not ProxyError.None and var error)
        {
            return GiveBack(challenge, -(int)error);
        }

        // Nothing has let it in although its address did not: only with satisfy any is the question still open here.
        return GiveBack(challenge, refusal == 0 && rule is { Allows: false } ? Deny(exchange, rule) : refusal);
    }

    private static int GiveBack(HeadWriter writer, int result)
    {
        writer.Reset();
        WorkerPool<HeadWriter>.Return(writer);
        return result;
    }

    private void CountAnswer(HttpExchange exchange, int answer)
    {
        if (answer is 401 or 403)
        {
            _metrics.AuthRequest.Increment();
        }
        else if (answer != 0)
        {
            _log.Undecided(answer, exchange);
        }
    }

    /// <summary>Asks for user and password; those that were right a moment ago need not be verified again.</summary>
    private async ValueTask<(int Refusal, bool IsWrong)> CheckPasswordAsync(HttpExchange exchange, BasicAuthentication basic)
    {
        var credentials = BasicAuthentication.CredentialsOf(exchange);
        if (!credentials.IsEmpty && basic.File.Verdicts.Contains(credentials, _clock.Milliseconds))
        {
            return (0, false);
        }

        if (credentials.IsEmpty || !BasicAuthentication.TryDecode(credentials, out var user, out var password))
        {
            return (401, false);
        }

        if (await _passwords.VerifyAsync(basic.File, user, password) is not { } isRight)
        {
            _log.Overloaded(exchange);
            return (503, false);
        }

        if (!isRight)
        {
            _log.LoginFailed(user, exchange);
            return (401, true);
        }

        basic.File.Verdicts.Add(BasicAuthentication.CredentialsOf(exchange), _clock.Milliseconds);
        return (0, false);
    }
}
