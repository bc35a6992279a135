namespace Balancer.Architecture;

/// <summary>Uses a type in each way there is, so that it can be seen whether the search finds it.</summary>
internal sealed class UsesOfAllKinds : IAsyncDisposable
{
    private readonly List<Stack<Version>> _field = [];

    public int Count => _field.Count;

    [Obsolete("to be found")]
    public Uri? Signature(Half half) => half > (Half)Count ? null : new Uri("http://test");

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Task.Yield();
            Func<int> lambda = () => (Random.Shared.Next() + Count) * Generic<Guid>();
            lambda();
        }
        catch (TimeoutException)
        {
            var constant = StringComparer.Ordinal;
            constant.Equals(typeof(DateOnly));
        }
    }

    private static int Generic<T>() => typeof(T).Name.Length;
}
