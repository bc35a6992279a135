using System.Text;
using Balancer.Http;

namespace Balancer.Access;

/// <summary><c>limit_except</c> (nginx ngx_http_core_module): another policy for all methods but some. Immutable.</summary>
internal sealed class MethodLimit
{
    private readonly byte[][] _methods;
    private readonly AccessPolicy? _policy;

    /// <summary>Compiles it.</summary>
    /// <param name="methods">The methods left alone; GET stands for HEAD too.</param>
    /// <param name="policy">Who may use the others; null for everybody.</param>
    public MethodLimit(IReadOnlyList<string> methods, AccessPolicy? policy)
    {
        _methods = [.. methods.Concat(methods.Contains("GET") ? ["HEAD"] : []).Distinct().Select(static method => Encoding.ASCII.GetBytes(method))];
        _policy = policy;
    }

    /// <summary>The policy for a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="usual">That of its location.</param>
    public AccessPolicy? PolicyOf(RequestHead request, AccessPolicy? usual)
    {
        foreach (var method in _methods)
        {
            if (request.Method.SequenceEqual(method))
            {
                return usual;
            }
        }

        return _policy;
    }
}
